# syntax=docker/dockerfile:1
# The embedded server: one process, one data folder. Build from the root of the repository:
#   docker build -f infra/docker/server.Dockerfile -t automateos .
# The tag is pinned; with NODE_DIGEST=@sha256:... the very image is (docker buildx imagetools inspect node:24.21.0-bookworm-slim shows it).
ARG NODE_VERSION=24.21.0
ARG NODE_DIGEST=

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY functions/package.json functions/
COPY web/package.json web/
COPY cli/package.json cli/
COPY client/package.json client/

# The console is built with what its package needs; nothing of it but the result goes further.
FROM manifests AS console
RUN npm ci --omit=dev --no-audit --no-fund -w web -w shared
COPY tsconfig.base.json ./
COPY shared shared
COPY client client
COPY web web
RUN cd web && NODE_ENV=production node ../node_modules/vite/bin/vite.js build --logLevel warn

# What the server needs when it runs: no root packages (they bring a Node of their own), no tools, no tests.
FROM manifests AS packages
RUN npm ci --omit=dev --no-audit --no-fund -w functions -w shared
COPY shared/src shared/src
COPY functions/src functions/src
RUN find shared/src functions/src -name '*.test.ts' -delete \
 && rm -rf functions/src/testing functions/src/simulator shared/src/testing functions/src/app/migrations/corpus

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS server
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    AUTOMATEOS_DATA_DIR=/data \
    NODE_COMPILE_CACHE=/data/.cache
WORKDIR /app
# Nothing but /data is ever written: the root file system may be read-only.
RUN mkdir -m 700 /data && chown node:node /data
COPY firestore.indexes.json ./
COPY templates templates
COPY --from=packages /app/package.json package.json
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/shared shared
COPY --from=packages /app/functions functions
COPY --from=console /app/web/dist web/dist
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
# Node is process 1 and ends on SIGTERM by itself, its children with it.
CMD ["node", "functions/src/entry/embedded.ts"]
