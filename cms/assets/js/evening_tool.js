// The evening without network, on the evening's page and in its shell alone: «Ta med kvelden», and the list that was taken along.
import { openShell } from "./evening_shell.js";
import { offerToTakeAlong } from "./take_along.js";

offerToTakeAlong();
openShell();
