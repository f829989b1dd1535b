// Verifies compact JWS badges with jose, for the Python tests. The key is found through the token's kid.
//
// Standard input: {"keys": {kid: jwk}, "tokens": [text]}; standard output: [{"verified": bool, "payload" | "error"}]
import { readFileSync } from 'node:fs';
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';

async function verify(token, keys) {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const jwk = keys[kid];
    if (jwk === undefined) {
      throw new Error(`no key at ${kid}`);
    }
    const { payload } = await compactVerify(token, await importJWK(jwk, alg), { algorithms: ['RS256', 'ES256'] });
    return { verified: true, payload: JSON.parse(new TextDecoder().decode(payload)) };
  } catch (error) {
    return { verified: false, error: error.message };
  }
}

const input = JSON.parse(readFileSync(0, 'utf8'));
const results = [];
for (const token of input.tokens) {
  results.push(await verify(token, input.keys));
}
process.stdout.write(JSON.stringify(results));
