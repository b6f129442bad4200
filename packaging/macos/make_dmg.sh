#!/usr/bin/env bash
# A disk image around the frozen application. On macOS, after `make package`:  packaging/macos/make_dmg.sh
# Sign first where a developer identity exists:  SIGN_AS="Developer ID Application: ..." packaging/macos/make_dmg.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

app=dist/FieldGuide.app
[ -d "$app" ] || { echo "Build the application first: make package" >&2; exit 1; }
codesign --force --deep --options runtime --sign "${SIGN_AS:--}" "$app"
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname FieldGuide -srcfolder "$staging" -format UDZO -ov dist/FieldGuide.dmg
