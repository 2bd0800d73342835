# syntax=docker/dockerfile:1
# Google's services on this machine (emulators, and servers that speak the other services' protocols), and the front that routes as Hosting does.
# For docker-compose.cloud.yml; nothing of it is ever deployed. Build from the root of the repository. EMULATOR_PACKAGES and EMULATOR_PACKAGES_KEY
# are required: the package source with google-cloud-cli and its key (docs/guides/deploy.md).
ARG NODE_VERSION=24.21.0
ARG NODE_DIGEST=

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS google
ARG EMULATOR_PACKAGES
ARG EMULATOR_PACKAGES_KEY
COPY infra/deploy/install-emulators.sh /tmp/
RUN sh /tmp/install-emulators.sh && rm -rf /tmp/install-emulators.sh /var/lib/apt/lists/*
ENV METADATA_SERVER_DETECTION=none
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.base.json firestore.indexes.json firebase.json firestore.rules ./
COPY shared/package.json shared/
COPY functions/package.json functions/
COPY web/package.json web/
COPY cli/package.json cli/
COPY client/package.json client/
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY shared shared
COPY client client
COPY web web
RUN cd web && NODE_ENV=production node ../node_modules/vite/bin/vite.js build --logLevel warn
COPY infra infra
COPY tools tools
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=3s --start-period=60s --retries=30 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9100').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
CMD ["node", "tools/cloud/serve-google.ts"]
