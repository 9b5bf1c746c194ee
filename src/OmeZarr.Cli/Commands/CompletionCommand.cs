using System.CommandLine;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr completion</c>: the script that makes a shell complete the program's commands and options.</summary>
internal sealed class CompletionCommand : ProgramCommand
{
    // The shell hands in the line as it is typed; what fits nothing of the program's is completed as a file's name.
    private const string Bash = """
        _omezarr() {
            local word="${COMP_WORDS[COMP_CWORD]}"
            local suggestions
            suggestions="$(omezarr "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
            mapfile -t COMPREPLY < <(compgen -W "${suggestions}" -- "${word}")
        }
        complete -o default -F _omezarr omezarr
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName omezarr -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            omezarr "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                Where-Object { $_ -like "$wordToComplete*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "The shell to print the script for." };

    public CompletionCommand(Screen screen)
        : base(screen, "completion", "Prints the script by which a shell completes commands and options.",
            new Example("source <(omezarr completion bash)", "completion in this bash; put it into ~/.bashrc to keep it"),
            new Example("omezarr completion powershell | Out-String | Invoke-Expression",
                "the same in PowerShell; put it into $PROFILE to keep it"))
    {
        _shell.AcceptOnlyFromAmong("bash", "powershell");
        Add(_shell);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        screen.Output.WriteLine(given.GetRequiredValue(_shell) == "bash" ? Bash : PowerShell);
        return ExitCode.Ok;
    }
}
