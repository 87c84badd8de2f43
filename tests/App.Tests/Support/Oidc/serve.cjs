// A provider of OpenID Connect whose people are whom it is told: node serve.cjs CALLBACK PEOPLE, PEOPLE as JSON { login: claims }. It prints its port.
const { createServer } = require('node:http');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const [callback, people] = process.argv.slice(2);
const accounts = JSON.parse(people);
const server = createServer();
server.listen(0, '127.0.0.1', async () => {
  const found = createRequire(process.cwd() + '/').resolve('oidc-provider');
  const { Provider, default: Default } = await import(pathToFileURL(found));
  const provider = new (Provider ?? Default)(`http://127.0.0.1:${server.address().port}`, {
    clients: [{ client_id: 'offgridflow', client_secret: 'a secret / of + theirs', redirect_uris: [callback], response_types: ['code'], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    pkce: { required: () => true, methods: ['S256'] },
    cookies: { keys: ['of the tests'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (context, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  });
  server.on('request', provider.callback());
  console.log(server.address().port);
});
