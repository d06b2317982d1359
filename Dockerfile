# Our image: glibc (Temporal's core needs it), certificates, no build tools, not root. The role is the command.
FROM node:24.21.0-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY tsconfig.json ./
COPY src src
COPY workflows workflows
COPY activities activities
ENV XDG_CACHE_HOME=/app/.cache NODE_ENV=production
# The programs and the workflow bundle are made now, so that a start does not have to, and writes nothing.
RUN npm run bundle && chown -R node:node /app/.cache
USER node
EXPOSE 8080
# Node itself is the process that gets the signal: npm would not pass it on.
ENTRYPOINT ["node", "src/run.js", "src/main.ts"]
