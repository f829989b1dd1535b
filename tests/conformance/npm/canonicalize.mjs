// The canonical form by jsonld.js and rdf-canonize in safe mode, for the Python tests.
//
// Standard input: {"documents": {address: context}, "badges": [unsigned]}; standard output: [text or "refused: …"]
import { readFileSync } from 'node:fs';
import jsonld from 'jsonld';

const input = JSON.parse(readFileSync(0, 'utf8'));
const documentLoader = async url => ({ contextUrl: null, documentUrl: url, document: input.documents[url] });
const options = { algorithm: 'RDFC-1.0', base: 'https://relative.invalid/', safe: true, documentLoader };
const forms = [];
for (const badge of input.badges) {
  forms.push(await jsonld.canonize(badge, options).catch(error => `refused: ${error.message}`));
}
process.stdout.write(JSON.stringify(forms));
