// Builds the browser assets: node build.mjs OUT
// Every file gets its content's hash in its name; OUT/names.json maps plain names to built ones.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const images = resolve(here, "../ltitool/web/static");
const out = resolve(process.argv[2] ?? join(images, "dist"));
const modules = join(here, "node_modules");

/** Static weights, for drawing badges on the server: an image renderer cannot use the web fonts. */
const badgeFonts = [
  "@expo-google-fonts/public-sans/400Regular/PublicSans_400Regular.ttf",
  "@expo-google-fonts/public-sans/600SemiBold/PublicSans_600SemiBold.ttf",
  "@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf",
];

/** The fonts that the first paint needs; base.html asks for them early. */
const preloaded = {
  "public-sans.woff2": "public-sans-latin-wght-normal",
  "source-serif.woff2": "source-serif-4-latin-wght-normal",
};

const scss = {
  name: "scss",
  setup(bundler) {
    bundler.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const importers = [new sass.NodePackageImporter(here)];
      const { css } = sass.compile(path, { loadPaths: [modules], importers, quietDeps: true });
      return { contents: css, loader: "css" };
    });
  },
};

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { app: "js/app.js", styles: "css/app.css" },
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox115", "safari16.4"],
    loader: { ".woff2": "file" },
    entryNames: "[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    legalComments: "linked",
    metafile: true,
    plugins: [scss],
    logLevel: "warning",
  });
  return Object.entries(result.metafile.outputs);
}

function namesOf(outputs) {
  const names = {};
  for (const [file, { entryPoint }] of outputs) {
    const built = relative(out, resolve(here, file)).replaceAll("\\", "/");
    if (entryPoint === "js/app.js") names["app.js"] = built;
    if (entryPoint === "css/app.css") names["app.css"] = built;
    for (const [name, stem] of Object.entries(preloaded)) {
      if (basename(built).startsWith(stem + "-")) names[name] = built;
    }
  }
  return names;
}

/** Our own images, copied under hashed names. */
function copyImages(names) {
  for (const name of readdirSync(images).filter((file) => extname(file) === ".svg")) {
    const bytes = readFileSync(join(images, name));
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
    names[name] = `${basename(name, ".svg")}-${hash}.svg`;
    writeFileSync(join(out, names[name]), bytes);
  }
}

/** Fonts for the server, under their plain names: they are read from disk, not by browsers. */
function copyBadgeFonts() {
  mkdirSync(join(out, "fonts"), { recursive: true });
  for (const file of badgeFonts) cpSync(join(modules, file), join(out, "fonts", basename(file)));
}

/** The licences travel with the fonts. */
function copyLicences() {
  for (const name of ["public-sans", "source-serif-4"]) {
    cpSync(join(modules, "@fontsource-variable", name, "LICENSE"), join(out, "fonts", `${name}-LICENSE.txt`));
  }
}

export async function main() {
  const names = namesOf(await bundle());
  copyImages(names);
  copyBadgeFonts();
  copyLicences();
  writeFileSync(join(out, "names.json"), JSON.stringify(names));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
