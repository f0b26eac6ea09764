using System.CommandLine;

namespace Road.Reliability.Load;

/// <summary><c>load</c>: a server of <c>WebDemo</c> under many requests, some of them broken, answers all and keeps its memory.</summary>
internal static class LoadCommandLine
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<Uri> url = new("--url")
        {
            Description = "The server.",
            HelpName = "URL",
            CustomParser = static argument =>
            {
                if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp)
                {
                    return address;
                }

                argument.AddError($"--url: '{argument.Tokens[0].Value}' is no address that begins with http://.");
                return null;
            },
            DefaultValueFactory = static _ => new Uri("http://127.0.0.1:5080"),
        };
        Option<int> requests = Numbers.Option("--requests", "Requests in all.", 10_000);
        Option<int> atOnce = Numbers.Option("--at-once", "Requests at a time.", 32);
        Option<int> width = Numbers.Option("--width", "The pictures' width; they are three quarters as high.", 160);
        Command command = new("load", "Sends many pictures to a server, one in ten broken, and measures answers, time and memory.")
        {
            url, requests, atOnce, width,
        };
        command.SetAction((result, cancellation) =>
            new LoadRun(result.GetValue(url)!, result.GetValue(requests), result.GetValue(atOnce), result.GetValue(width))
                .RunAsync(cancellation));
        return command;
    }
}
