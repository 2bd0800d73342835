#!/bin/sh
# Debian, as root: Google's command line with the Firestore and Pub/Sub emulators, and the Java that they run on.
set -eu
apt-get update -qq
apt-get install -y -qq --no-install-recommends ca-certificates curl gnupg openjdk-17-jre-headless python3 > /dev/null
curl -fsSL https://packages.cloud.google.com/apt/doc/apt-key.gpg | gpg --dearmor -o /usr/share/keyrings/cloud.google.gpg
echo 'deb [signed-by=/usr/share/keyrings/cloud.google.gpg] https://packages.cloud.google.com/apt cloud-sdk main' \
  > /etc/apt/sources.list.d/google-cloud-sdk.list
apt-get update -qq
apt-get install -y -qq --no-install-recommends google-cloud-cli google-cloud-cli-firestore-emulator google-cloud-cli-pubsub-emulator > /dev/null
gcloud --version
