#!/usr/bin/env bash
# A disk image around the frozen application. On macOS, after `make package`:  packaging/macos/make_dmg.sh
# Signed where SIGN_AS names a developer identity, notarised where NOTARY_PROFILE names a profile of `notarytool` too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

app=dist/FieldGuide.app
image=dist/FieldGuide.dmg
[ -d "$app" ] || { echo "Build the application first: make package" >&2; exit 1; }
codesign --force --deep --options runtime --entitlements packaging/macos/entitlements.plist --sign "${SIGN_AS:--}" "$app"
"$app/Contents/MacOS/fieldguide" --selftest
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname FieldGuide -srcfolder "$staging" -format UDZO -ov "$image"
if [ -n "${NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
  xcrun stapler staple "$image"
fi
