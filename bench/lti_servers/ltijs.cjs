// A tool on ltijs and its Sequelize plugin, on PostgreSQL: two processes of a cluster, logging off.
const cluster = require('node:cluster')
const lti = require('ltijs').Provider
const Database = require('ltijs-sequelize')
const { LMS, CLIENT, PORT, PGHOST, PGDATABASE } = process.env

async function main () {
  const store = new Database(PGDATABASE, 'postgres', '', { host: PGHOST, dialect: 'postgres', logging: false })
  lti.setup('a key of thirty-two characters...', { plugin: store }, {
    appRoute: '/', loginRoute: '/login', devMode: true, cookies: { secure: false, sameSite: '' }
  })
  lti.onConnect((_token, _request, response) => response.send('<!doctype html><title>Launched</title><p>Hello</p>'))
  if (cluster.isPrimary) {
    await lti.deploy({ serverless: true, silent: true })
    await lti.registerPlatform({
      url: LMS, name: 'LMS', clientId: CLIENT, authenticationEndpoint: `${LMS}/auth`,
      accesstokenEndpoint: `${LMS}/token`, authConfig: { method: 'JWK_SET', key: `${LMS}/jwks` }
    })
    cluster.fork(); cluster.fork()
    return
  }
  await lti.deploy({ port: Number(PORT), silent: true })
}
main().catch((error) => { console.error(error); process.exit(1) })
