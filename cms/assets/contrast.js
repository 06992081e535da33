// Contrast of every pair of colours the pages use, in both schemes, by WCAG's formula. Run: npm run contrast. Fails below the limit.
import { readFile } from "node:fs/promises";

const theme = await readFile("theme/egs.css", "utf8");
const ours = await readFile("css/colours.css", "utf8");

const declarations = (css) => Object.fromEntries([...css.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/gi)].map(([, name, hex]) => [name, hex]));
const block = (css, start) => css.slice(css.indexOf(start), css.indexOf("}", css.indexOf(start)));
const [ourLight, ourDark] = ours.split("@media screen and (prefers-color-scheme: dark)");
const schemes = {
  light: { ...declarations(block(theme, ':root, [data-color-scheme="light"]')), ...declarations(ourLight) },
  dark: { ...declarations(block(theme, '[data-color-scheme="dark"]')), ...declarations(ourDark) },
};

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

const n = (name) => `--ds-color-neutral-${name}`;
const f = (name) => `--ds-color-accent-${name}`;
const a = (name) => `--ds-color-apricot-${name}`;
const paper = [n("background-default"), n("background-tinted"), n("surface-default")];
const TEXT = 4.5;
const SHAPE = 3; // edges of fields and buttons, focus ring, lines of a drawing
const pairs = [
  ...paper.flatMap((ground) => [
    [n("text-default"), ground, TEXT], [n("text-subtle"), ground, TEXT], [f("text-subtle"), ground, TEXT], [a("text-subtle"), ground, TEXT],
    ["--ds-color-danger-text-subtle", ground, TEXT], ["--ds-color-info-text-subtle", ground, TEXT],
    [n("border-default"), ground, SHAPE], [f("border-default"), ground, SHAPE], ["--ds-color-focus-outer", ground, SHAPE],
  ]),
  [n("text-default"), f("surface-tinted"), TEXT], [n("text-subtle"), f("surface-tinted"), TEXT], [f("text-subtle"), f("surface-tinted"), TEXT],
  [f("text-default"), f("surface-tinted"), TEXT], [f("border-default"), f("surface-tinted"), SHAPE], [n("text-subtle"), f("background-tinted"), TEXT],
  [f("base-contrast-default"), f("base-default"), TEXT], [f("base-contrast-default"), f("base-hover"), TEXT], [f("base-default"), n("surface-default"), SHAPE],
  [a("text-subtle"), a("surface-tinted"), TEXT], [a("text-default"), a("surface-tinted"), TEXT], [a("text-default"), a("surface-hover"), TEXT],
  [n("text-default"), a("background-tinted"), TEXT], [n("text-subtle"), a("background-tinted"), TEXT], [a("text-subtle"), a("background-tinted"), TEXT],
  [f("text-subtle"), a("background-tinted"), TEXT], [n("text-default"), a("surface-tinted"), TEXT],
  ...["m1", "m2", "m3", "m4", "m5", "m6", "k1", "k2", "k3"].map((hue) => [`--${hue}-ink`, `--${hue}-bg`, TEXT]),
];

let failed = 0;
for (const [scheme, colours] of Object.entries(schemes)) {
  const worst = { [TEXT]: [99], [SHAPE]: [99] };
  for (const [front, ground, limit] of pairs) {
    const value = contrast(colours[front], colours[ground]);
    if (value < worst[limit][0]) worst[limit] = [value, front, ground];
    if (value < limit) {
      failed += 1;
      console.error(`${scheme}: ${front} on ${ground} is ${value.toFixed(2)}, wanted ${limit}`);
    }
  }
  console.log(`${scheme}: ${pairs.length} pairs; least for text ${worst[TEXT][0].toFixed(2)} (${worst[TEXT].slice(1).join(" on ")}), for shapes ${worst[SHAPE][0].toFixed(2)} (${worst[SHAPE].slice(1).join(" on ")})`);
}
process.exit(failed ? 1 : 0);
