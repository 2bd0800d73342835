/** The front alone, which routes as Firebase Hosting does, for functions that run in containers of their own. */

import { fixedPorts, frontPort } from './fixed-ports.ts';
import { createFront, readRules } from './front.ts';
import { readTopology } from './read-topology.ts';

const topology = readTopology();
const ports = fixedPorts(topology);
const front = createFront({
  rules: readRules(),
  portOf: (service) => ports.functions[service.replace(`${topology.prefix}-`, '')],
  files: ports.hosting,
  sockets: ports.functions.live,
});
const end = (): void => {
  front.close(() => process.exit(0));
  front.closeAllConnections();
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
// the one port that is published: from outside the container it is no loopback connection
front.listen(frontPort, '0.0.0.0', () => console.log(`The front listens on ${frontPort}`));
