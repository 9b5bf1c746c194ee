# ./build.ps1 [TARGET] [OPTIONS...]: runs a target of build.cake. ./build.ps1 --tree lists the targets.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

$options = @($args)
if ($options.Count -gt 0 -and -not "$($options[0])".StartsWith('-')) {
    $rest = if ($options.Count -gt 1) { $options[1..($options.Count - 1)] } else { @() }
    $options = @("--target=$($options[0])") + $rest
}

dotnet tool restore --verbosity quiet
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet cake build.cake @options
exit $LASTEXITCODE
