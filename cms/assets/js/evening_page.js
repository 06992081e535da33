// The evening's pages alone load this: the clock, the list, and what the clock knows when the log is written.
import { markAtOnce } from "./attendance.js";
import { keepClock, offerWholeScreen, suggestMinutesOff, suggestTicks } from "./clock.js";

keepClock();
markAtOnce();
offerWholeScreen();
suggestMinutesOff();
suggestTicks();
