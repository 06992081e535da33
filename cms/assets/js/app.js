// What every page gets. Everything works without it; this only makes it nicer.
import { forgetReceived } from "./form_draft.js";
import { rememberMunicipality, showOpenNow } from "./help.js";
import { keepModule, listKept, meetReader, showKept } from "./kept_module.js";
import { forgetOldLists, forgetOnLeaving } from "./leaving.js";
import { hintAboutNames } from "./names.js";
import { bringNotesAlong } from "./notes.js";
import { keepHelpOffline } from "./offline.js";
import { nameTaps, sendWhatWaits } from "./outbox.js";
import { offerReading } from "./reading.js";

offerReading();
hintAboutNames();
bringNotesAlong();
showOpenNow();
rememberMunicipality();
keepHelpOffline();
forgetOnLeaving();
nameTaps();

const nothing = () => {}; // a phone that may keep nothing is read on the network
forgetOldLists().then(forgetReceived).catch(nothing);
showKept().catch(nothing);
listKept().catch(nothing);
const met = meetReader().catch(nothing);
addEventListener("load", () => met.then(sendWhatWaits).then(keepModule).catch(nothing));
