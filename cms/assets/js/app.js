// What every page gets. Everything works without it; this only makes it nicer.
import { rememberMunicipality, showOpenNow } from "./help.js";
import { hintAboutNames } from "./names.js";
import { bringNotesAlong } from "./notes.js";
import { offerReading } from "./reading.js";
import { keepHelpOffline } from "./offline.js";

offerReading();
hintAboutNames();
bringNotesAlong();
showOpenNow();
rememberMunicipality();
keepHelpOffline();
