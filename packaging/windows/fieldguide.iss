; Inno Setup: an installer around the frozen folder. On Windows, after `python packaging\build.py`:
;   iscc /DVersion=0.1.0 packaging\windows\fieldguide.iss
#ifndef Version
  #error Say which version: /DVersion=..., as fieldguide/__init__.py has it
#endif

[Setup]
AppId={{6B1B7C1E-5B0E-4E57-9F3C-3C0A4B1D7F52}
AppName=FieldGuide
AppVersion={#Version}
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

[Files]
Source: "..\..\dist\fieldguide\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\FieldGuide"; Filename: "{app}\fieldguide.exe"
Name: "{autodesktop}\FieldGuide"; Filename: "{app}\fieldguide.exe"; Tasks: desktopicon

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Run]
Filename: "{app}\fieldguide.exe"; Description: "{cm:LaunchProgram,FieldGuide}"; Flags: nowait postinstall skipifsilent
