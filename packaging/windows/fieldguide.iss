; Inno Setup: an installer around the frozen folder. On Windows, after `python packaging\build.py`:
;   iscc packaging\windows\fieldguide.iss
; The version is that of the program: its version resource comes from fieldguide/__init__.py.
#define Version GetVersionNumbersString("..\..\dist\fieldguide\fieldguide.exe")

[Setup]
AppId={{6B1B7C1E-5B0E-4E57-9F3C-3C0A4B1D7F52}
AppName=FieldGuide
AppVersion={#Version}
VersionInfoVersion={#Version}
AppPublisher=The FieldGuide contributors
SetupIconFile=..\..\build\fieldguide.ico
ChangesAssociations=yes
AppMutex=FieldGuideIsOpen
CloseApplications=yes
DefaultDirName={autopf}\FieldGuide
DefaultGroupName=FieldGuide
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
Compression=lzma2/max
SolidCompression=yes
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=fieldguide-{#Version}-setup
UninstallDisplayIcon={app}\fieldguide.exe

; What an older version left: a library of it beside a new one is loaded in its place.
[InstallDelete]
Type: filesandordirs; Name: "{app}\lib"

[Registry]
Root: HKA; Subkey: "Software\Classes\.fieldguide"; ValueType: string; ValueData: "FieldGuide.Model"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\FieldGuide.Model"; ValueType: string; ValueData: "FieldGuide model"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\FieldGuide.Model\DefaultIcon"; ValueType: string; ValueData: "{app}\fieldguide.exe,0"
Root: HKA; Subkey: "Software\Classes\FieldGuide.Model\shell\open\command"; ValueType: string; ValueData: """{app}\fieldguidew.exe"" ""%1"""

[Files]
Source: "..\..\dist\fieldguide\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\FieldGuide"; Filename: "{app}\fieldguidew.exe"
Name: "{autodesktop}\FieldGuide"; Filename: "{app}\fieldguidew.exe"; Tasks: desktopicon

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Run]
Filename: "{app}\fieldguidew.exe"; Description: "{cm:LaunchProgram,FieldGuide}"; Flags: nowait postinstall skipifsilent
