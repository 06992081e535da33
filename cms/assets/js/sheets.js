// A sheet that is printed is a file: the page stays as it was, so it says that something happened.
for (const form of document.querySelectorAll("[data-sheet]")) {
  const said = form.querySelector("[data-sheet-said]");
  form.addEventListener("submit", () => {
    said.textContent = said.dataset.sheetSaid;
  });
}
