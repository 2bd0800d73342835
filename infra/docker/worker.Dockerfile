# syntax=docker/dockerfile:1
# One function of the cloud, or one job, from its bundle. Build from the root of the repository; all of them share every stage but the last:
#   docker build -f infra/docker/worker.Dockerfile --target function --build-arg FUNCTION=worker -t REPOSITORY/worker:TAG .
#   docker build -f infra/docker/worker.Dockerfile --target job --build-arg FUNCTION=migrate -t REPOSITORY/migrate:TAG .
ARG NODE_VERSION=24.21.0
ARG NODE_DIGEST=

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS bundles
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.base.json firestore.indexes.json ./
COPY shared/package.json shared/
COPY functions/package.json functions/
COPY web/package.json web/
COPY cli/package.json cli/
COPY client/package.json client/
RUN npm ci --no-audit --no-fund --ignore-scripts
COPY infra/topology.json infra/
COPY templates templates
COPY tools tools
COPY shared shared
COPY functions functions
RUN node tools/cloud/bundle.ts

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS packages
ARG FUNCTION
WORKDIR /app
COPY --from=bundles /app/dist/functions/${FUNCTION}/package.json /app/dist/functions/${FUNCTION}/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS program
ARG FUNCTION
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    FUNCTION_TARGET=${FUNCTION} \
    PORT=8080
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=bundles /app/dist/functions/${FUNCTION} ./
USER node
STOPSIGNAL SIGTERM

# Runs to its end.
FROM program AS job
HEALTHCHECK NONE
CMD ["node", "index.js"]

FROM program AS function
EXPOSE 8080
# A function answers strangers with a problem document, whatever the path: that it answers at all is what is asked.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({status})=>process.exit(status<500?0:1),()=>process.exit(1))"]
CMD ["node", "node_modules/@google-cloud/functions-framework/build/src/main.js"]
