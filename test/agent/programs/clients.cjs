// The same clients as CommonJS requires them, where they can be.
const clients = {
  http: require('http'),
  httpsRequest: require('https').request,
  http2: require('http2'),
  axios: require('axios'),
  superagent: require('superagent'),
  undici: require('undici'),
  WebSocketOfPackage: require('ws'),
};
void import('./client-scenarios.mjs').then(({ runScenarios }) => runScenarios(clients));
