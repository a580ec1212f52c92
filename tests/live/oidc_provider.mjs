// An OpenID Connect provider for the tests: the npm package oidc-provider on a free port of loopback.
// Prints the port once it listens. Arguments: the folder with the packages, and the clients' secret.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, secret] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const redirect_uris = ['https://app.example.com/callback'];
const client = (client_id, token_endpoint_auth_method, more = {}) => ({
  client_id,
  redirect_uris,
  token_endpoint_auth_method,
  ...(token_endpoint_auth_method === 'none' ? {} : { client_secret: secret }),
  ...more,
});

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      client('basic', 'client_secret_basic'),
      client('post', 'client_secret_post'),
      client('public', 'none'),
      client('implicit', 'client_secret_basic', {
        grant_types: ['implicit'],
        response_types: ['id_token'],
      }),
    ],
    features: { devInteractions: { enabled: false }, pushedAuthorizationRequests: { enabled: true } },
    scopes: ['openid', 'offline_access', 'groups'],
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  console.log(port);
});
