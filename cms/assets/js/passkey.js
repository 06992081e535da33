// Passkeys: on the pages that log in, make or use one. A form marked data-passkey gets its answer in the field «credential».
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withId = (list) => list?.map((item) => ({ ...item, id: bytes(item.id) }));

/** Options as the server sends them (JSON) to what the browser wants (buffers); the browser's own way where it has one. */
function creationOptions(json) {
  if (window.PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return { ...json, challenge: bytes(json.challenge), user: { ...json.user, id: bytes(json.user.id) }, excludeCredentials: withId(json.excludeCredentials) };
}

function requestOptions(json) {
  if (window.PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return { ...json, challenge: bytes(json.challenge), allowCredentials: withId(json.allowCredentials) };
}

/** The passkey's answer as JSON for the server. */
function answer(credential) {
  if (credential.toJSON) {
    try {
      return credential.toJSON();
    } catch {
      // some password managers hand over an object whose toJSON throws: build it below
    }
  }
  const { response } = credential;
  const part = (name) => (response[name] ? base64url(response[name]) : undefined);
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: part("clientDataJSON"),
      attestationObject: part("attestationObject"),
      authenticatorData: part("authenticatorData"),
      signature: part("signature"),
      userHandle: part("userHandle"),
      transports: response.getTransports?.(),
    },
  };
}

async function optionsOf(form) {
  const kept = document.getElementById(form.dataset.options);
  if (kept) return JSON.parse(kept.textContent);
  const page = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!page.ok) throw new Error(String(page.status));
  return (await page.json()).request_options;
}

async function use(form) {
  const { publicKey } = await optionsOf(form);
  if (form.dataset.passkey !== "add") return navigator.credentials.get({ publicKey: requestOptions(publicKey) });
  const passwordless = form.elements.namedItem("passwordless");
  const wanted = !passwordless || passwordless.type === "hidden" || passwordless.checked;
  const selection = { ...publicKey.authenticatorSelection };
  selection.residentKey = wanted ? "required" : "discouraged";
  selection.requireResidentKey = wanted;
  if (wanted) selection.userVerification = "required";
  return navigator.credentials.create({ publicKey: creationOptions({ ...publicKey, authenticatorSelection: selection }) });
}

function wire(form) {
  const message = form.querySelector("[role=status]");
  const button = form.querySelector("[type=submit]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    message.hidden = true;
    button.ariaBusy = "true";
    try {
      form.elements.namedItem("credential").value = JSON.stringify(answer(await use(form)));
      form.submit();
    } catch {
      message.textContent = form.dataset.failed;
      message.hidden = false;
    } finally {
      button.ariaBusy = null;
    }
  });
}

if (window.PublicKeyCredential && navigator.credentials) document.querySelectorAll("form[data-passkey]").forEach(wire);
