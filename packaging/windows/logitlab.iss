; Installer for Windows, by Inno Setup; packaging/build.py says version and folders.
[Setup]
AppId=LogitLab
AppName=Logit Lab
AppVersion={#Version}
DefaultDirName={autopf}\Logit Lab
DefaultGroupName=Logit Lab
PrivilegesRequired=lowest
ChangesAssociations=yes
Compression=lzma2
SolidCompression=yes
OutputDir={#Into}
OutputBaseFilename=logitlab-{#Version}-windows
UninstallDisplayIcon={app}\Logit Lab.exe

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: recursesubdirs

[Icons]
Name: "{group}\Logit Lab"; Filename: "{app}\Logit Lab.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\.logitlab"; ValueType: string; ValueData: "LogitLab.Project"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\LogitLab.Project"; ValueType: string; ValueData: "Logit Lab project"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\LogitLab.Project\shell\open\command"; ValueType: string; ValueData: """{app}\Logit Lab.exe"" ""%1"""
