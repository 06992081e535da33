// What has the focus: its name, whether an outline shows it, and how many of nine points in it are seen.
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const shown = element.closest(".tile, .parts li, .ds-field") ?? element; // what a link or a choice fills
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const spot = (x, y) => {
    const top = document.elementFromPoint(x, y);
    return top && (shown.contains(top) || top.contains(element));
  };
  const inside = (value, low, high) => Math.min(Math.max(value, low), high);
  const xs = [box.left + 2, box.left + box.width / 2, box.right - 2].map((x) => inside(x, 0, innerWidth - 1));
  const ys = [box.top + 2, box.top + box.height / 2, box.bottom - 2];
  const seen = xs.flatMap((x) => ys.map((y) => y >= 0 && y < innerHeight && spot(x, y))).filter(Boolean).length;
  return {
    name: (element.getAttribute("aria-label") || element.innerText || element.id || element.tagName).replace(/\s+/g, " ").trim().slice(0, 60),
    tag: element.tagName,
    outlined: element.matches(".ds-skip-link") || [style, getComputedStyle(shown)].some((one) => (one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2)),
    seen,
    tall: box.height > innerHeight / 2,
  };
}
