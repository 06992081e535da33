// Builds cms/static/egs/ from this folder: two css, a few scripts, the favicon. Run: npm ci && npm run build
// esbuild bundles and minifies. Two savings are ours: the theme's unused colour modes, and custom properties nothing reads.
import { build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";

const OUT = new URL("../static/egs/", import.meta.url).pathname;
const TARGETS = ["chrome111", "firefox113", "safari16.4"];

/** The theme as the token tool writes it, less the modes we never set: :root is light, the system decides dark, print is light. */
function oneScheme(css) {
  return css
    .replace(/\[data-color-scheme="dark"\] \{[^}]*\}/, "")
    .replace(/@media \(prefers-color-scheme: light\) \{\s*\[data-color-scheme="auto"\] \{[^}]*\}\s*\}/, "")
    .replace("@media (prefers-color-scheme: dark)", "@media screen and (prefers-color-scheme: dark)")
    .replaceAll('[data-color-scheme="auto"]', ":root");
}

/** Removes declarations of --ds-*, --dsc-* and our own custom properties that no var() reads, there or in ``others``, until none is left. */
function withoutUnread(css, others = "") {
  const read = new Set([...(css + others).matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]));
  const slim = css.replace(/(?<=[{;])(--(?:ds|dsc)-[\w-]+):(?:"[^"]*"|url\([^)]*\)|[^;}"])*(;|(?=\}))/g, (all, name) =>
    read.has(name) ? all : "",
  );
  return slim === css ? css : withoutUnread(slim, others);
}

const theme = {
  name: "theme",
  setup(bundler) {
    bundler.onLoad({ filter: /theme\/egs\.css$/ }, async ({ path }) => ({
      contents: oneScheme(await readFile(path, "utf8")),
      loader: "css",
    }));
  },
};

const shared = { bundle: true, minify: true, target: TARGETS, outdir: OUT, logLevel: "warning", legalComments: "none", charset: "utf8" };

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({ ...shared, entryPoints: { site: "css/site.css" }, plugins: [theme] });
await build({ ...shared, entryPoints: ["css/evening_page.css", "css/form.css"] }); // on their own pages alone
await build({ ...shared, entryPoints: ["js/app.js", "js/copy.js", "js/passkey.js", "js/evening_page.js", "js/evening_tool.js", "js/form.js", "js/sheets.js"], format: "iife" });
const licence = "/*! Contains parts of @digdir/designsystemet-css, MIT, (c) Digitaliseringsdirektoratet (Digdir) */\n";
await writeFile(`${OUT}site.css`, licence + withoutUnread(await readFile(`${OUT}site.css`, "utf8"), (await readFile(`${OUT}evening_page.css`, "utf8")) + (await readFile(`${OUT}form.css`, "utf8"))));
await cp("favicon.svg", `${OUT}favicon.svg`);
await mkdir(`${OUT}letters`); // what figures in Word are drawn with (Noto Sans, OFL); no page asks for them
for (const [folder, weight] of [["400Regular", "Regular"], ["700Bold", "Bold"]]) {
  await cp(`node_modules/@expo-google-fonts/noto-sans/${folder}/NotoSans_${folder}.ttf`, `${OUT}letters/NotoSans-${weight}.ttf`);
}
await cp("node_modules/@expo-google-fonts/noto-sans/LICENSE_FONT", `${OUT}letters/OFL.txt`);

for (const name of ["site.css", "evening_page.css", "app.js", "passkey.js", "evening_page.js", "evening_tool.js", "form.css", "form.js"]) {
  const bytes = await readFile(OUT + name);
  console.log(`${name}: ${bytes.length} bytes, ${brotliCompressSync(bytes).length} with brotli`);
}
