// What is wrong on the page as it is: wider than the screen, words cut off, controls too small to hit.
() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wrong.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  const name = (one) => `${one.tagName} «${(one.innerText || one.getAttribute("aria-label") || one.id).trim().slice(0, 40)}»`;
  const inText = (one) => one.tagName === "A" && one.closest("p, li, dd, td") && getComputedStyle(one).display === "inline";
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, label")) {
    const box = one.getBoundingClientRect();
    const hidden = box.width <= 1 || box.height <= 1 || getComputedStyle(one).visibility === "hidden";
    if (hidden || !one.checkVisibility() || one.closest(".ds-sr-only, .ds-skip-link")) continue;
    const scrolls = one.closest("[role=region][tabindex]");
    if (!scrolls && (box.left < -1 || box.right > root.clientWidth + 1)) wrong.push(`outside the screen: ${name(one)}`);
    const hides = getComputedStyle(one).overflow !== "visible" && one.tagName !== "TEXTAREA" && one.tagName !== "INPUT";
    if (hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) wrong.push(`cut off: ${name(one)}`);
    const choice = one.closest(".ds-field"); // a small box is hit by its label as well
    const target = choice && one.matches("input[type=radio], input[type=checkbox]") ? choice.getBoundingClientRect() : box;
    const hit = one.matches(".tile__link") ? one.closest("li, .tile").getBoundingClientRect() : target;
    if (one.tagName !== "LABEL" && !inText(one) && (hit.width < 24 || hit.height < 24)) {
      wrong.push(`too small: ${name(one)} ${Math.round(hit.width)} × ${Math.round(hit.height)}`);
    }
  }
  return wrong;
}
