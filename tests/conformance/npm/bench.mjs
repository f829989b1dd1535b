// Measures one npm library for bench/bench_badges.py, per CPU-second of this process.
//
// Standard input: {"library", "documents", "issue": [unsigned], "verify": [signed], "seed": hex, "seconds": number}
// Standard output: {"issue": seconds per badge, "verify": seconds per badge}
import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';

const input = JSON.parse(readFileSync(0, 'utf8'));
const vc = await import(`@${input.library}/vc`);
const documentLoader = async url => {
  const document = input.documents[url];
  if (document === undefined) {
    throw new Error(`not at hand: ${url}`);
  }
  return { contextUrl: null, documentUrl: url, document };
};
const keyPair = await Ed25519Multikey.generate({ seed: new Uint8Array(Buffer.from(input.seed, 'hex')) });
keyPair.controller = input.controller;
keyPair.id = input.verificationMethod;

async function issue(credential) {
  const suite = new DataIntegrityProof({ signer: keyPair.signer(), cryptosuite });
  await vc.issue({ credential: structuredClone(credential), suite, documentLoader });
}

async function verify(credential) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const checkStatus = async () => ({ verified: true });
  const outcome = await vc.verifyCredential({ credential, suite, documentLoader, checkStatus });
  if (!outcome.verified) {
    throw outcome.error;
  }
}

async function secondsPerBadge(operation, badges) {
  for (const badge of badges.slice(0, 5)) {
    await operation(badge);
  }
  const began = process.cpuUsage();
  let count = 0;
  const used = () => { const spent = process.cpuUsage(began); return (spent.user + spent.system) / 1e6; };
  while (used() < input.seconds) {
    await operation(badges[count % badges.length]);
    count += 1;
  }
  return used() / count;
}

process.stdout.write(JSON.stringify({
  issue: await secondsPerBadge(issue, input.issue),
  verify: await secondsPerBadge(verify, input.verify)
}));
