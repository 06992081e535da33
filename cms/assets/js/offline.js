// Registers the service worker. The page's CSP demands Trusted Types: the policy `egs` passes that one address, nothing else.
const WORKER = "/sw.js";

export function keepHelpOffline() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  const onlyOurs = (url) => {
    if (url !== WORKER) throw new TypeError(url);
    return url;
  };
  const policy = window.trustedTypes?.createPolicy("egs", { createScriptURL: onlyOurs });
  addEventListener("load", () => {
    navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER).catch(() => {});
  });
}
