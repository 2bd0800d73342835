#!/bin/sh
# Debian, as root: Google's command line with the Firestore and Pub/Sub emulators, and the Java that they run on. Where the packages come from is
# a setting (docs/guides/deploy.md): EMULATOR_PACKAGES, the address of a package source for Debian that has google-cloud-cli (suite cloud-sdk,
# component main), and EMULATOR_PACKAGES_KEY, the address of the key that signs it.
set -eu
: "${EMULATOR_PACKAGES:?is not set: the address of the package source with google-cloud-cli, see docs/guides/deploy.md}"
: "${EMULATOR_PACKAGES_KEY:?is not set: the address of the key of that package source, see docs/guides/deploy.md}"
apt-get update -qq
apt-get install -y -qq --no-install-recommends ca-certificates curl gnupg openjdk-17-jre-headless python3 > /dev/null
curl -fsSL "$EMULATOR_PACKAGES_KEY" | gpg --dearmor -o /usr/share/keyrings/cloud.google.gpg
echo "deb [signed-by=/usr/share/keyrings/cloud.google.gpg] $EMULATOR_PACKAGES cloud-sdk main" \
  > /etc/apt/sources.list.d/google-cloud-sdk.list
apt-get update -qq
apt-get install -y -qq --no-install-recommends google-cloud-cli google-cloud-cli-firestore-emulator google-cloud-cli-pubsub-emulator > /dev/null
gcloud --version
