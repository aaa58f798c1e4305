// only.js NAME FOLDER: writes into FOLDER what `npm ci` needs to install this one tool at its version, with its hash.
"use strict";
const { mkdirSync, writeFileSync } = require("fs");
const { packages } = require("./package-lock.json");

const [name, folder] = process.argv.slice(2);
const dependencies = { [name]: packages[""].dependencies[name] };
const files = {
  "package.json": { private: true, dependencies },
  "package-lock.json": {
    lockfileVersion: 3,
    packages: { "": { dependencies }, [`node_modules/${name}`]: packages[`node_modules/${name}`] },
  },
};
mkdirSync(folder, { recursive: true });
for (const file in files) writeFileSync(`${folder}/${file}`, JSON.stringify(files[file]));
