// Builds the pages' style sheet and scripts, and lays out the letters that PDFs are set in. Run by `make static`.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { compileAsync } from "sass";

const assets = dirname(fileURLToPath(import.meta.url));
const source = dirname(dirname(assets));
const modules = join(dirname(dirname(source)), "node_modules");
const served = join(source, "web", "static", "build");
const fonts = join(source, "channels", "fonts");
const { resolve } = createRequire(import.meta.url);

/** The oldest browsers that get everything; older ones get the page without script. */
const target = ["chrome109", "firefox115", "safari16"];

async function style() {
  const { css } = await compileAsync(join(assets, "window.scss"), {
    loadPaths: [modules],
    // Deprecations inside the packages are theirs to mend; our own are still shown.
    quietDeps: true,
  });
  const { code } = await transform(css, { loader: "css", minify: true, target });
  await writeFile(join(served, "window.css"), code);
}

async function script() {
  const entryPoints = [join(assets, "window.js")];
  await build({ entryPoints, outdir: served, bundle: true, format: "iife", minify: true, target, nodePaths: [modules] });
  await copyFile(resolve("htmx.org/dist/htmx.min.js"), join(served, "htmx.js"));
}

/** Hong Kong's letter forms first; the Mainland's for Simplified words, which the first lacks. */
async function letters() {
  for (const [region, name] of [["hk", "NotoSansHK"], ["sc", "NotoSansSC"]]) {
    const font = join(modules, "@expo-google-fonts", `noto-sans-${region}`);
    await copyFile(join(font, "400Regular", `${name}_400Regular.ttf`), join(fonts, `${name}-Regular.ttf`));
    await copyFile(join(font, "700Bold", `${name}_700Bold.ttf`), join(fonts, `${name}-Bold.ttf`));
    await copyFile(join(font, "LICENSE_FONT"), join(fonts, `${name}-LICENSE.txt`));
  }
}

for (const folder of [served, fonts]) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
await Promise.all([style(), script(), letters()]);
