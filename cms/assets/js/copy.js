// «Kopier adressen»: shown only where the browser can, and says that it did.
for (const field of document.querySelectorAll("[data-copy]")) {
  const button = field.querySelector("button"), input = field.querySelector("input");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = field.dataset.copy;
    } catch {
      input.select();
    }
  });
}
