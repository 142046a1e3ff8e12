# One image for the worker, the web process and the operator's commands. It holds no secret and needs no network to start.
FROM node:24-bookworm-slim

WORKDIR /app
ENV NODE_ENV=production

# the packages change seldom: a layer of their own. Install scripts are not needed, dist/ is built below
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

COPY bin bin
COPY scripts scripts
COPY plans plans
COPY domain domain
COPY edi edi
COPY workflows workflows
COPY persistence persistence
COPY activities activities
COPY client client
COPY simulators simulators
COPY worker worker
COPY web web
COPY cli cli

# the workflows are bundled now, so that a start bundles nothing and runs what was tested
RUN npm run build \
  && node --input-type=module -e "await (await import('/app/dist/worker/workflow-bundle.js')).workflowBundle()" \
  && chmod -R a+rX .cache dist \
  && ln -s /app/bin/meterhall.mjs /usr/local/bin/meterhall \
  && install -d -o node -g node /data

USER node
VOLUME /data
ENTRYPOINT ["meterhall"]
CMD ["--help"]
