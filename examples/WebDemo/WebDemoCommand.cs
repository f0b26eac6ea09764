using System.CommandLine;
using WebDemo.Demo;
using WebDemo.Serving;

namespace WebDemo;

/// <summary>The command line. Exit codes: 0 stopped as asked, 1 failure, 2 wrong usage.</summary>
internal static class WebDemoCommand
{
    private const string DefaultUrls = "http://127.0.0.1:5080";

    public static int Run(string[] args)
    {
        ServingOptions defaults = new();
        Option<string?> model = Text("--model", "The model to serve; without one, the quick start's is trained, in a few minutes.", "FILE");
        var urls = new Option<string>("--urls")
        {
            Description = "What to listen on, several divided by ';'. Only this machine reaches the default.",
            HelpName = "URL",
            DefaultValueFactory = static _ => DefaultUrls,
        };
        urls.Validators.Add(static result =>
        {
            if (FindFault(result.GetValueOrDefault<string>()) is { } fault)
            {
                result.AddError(fault);
            }
        });
        Option<string?> samples = Text("--samples", "A folder of pictures that the page offers; without one, drawn scenes.", "FOLDER");
        var output = new Option<string>("--out")
        {
            Description = "Where the model that is trained without --model is kept.",
            HelpName = "FOLDER",
            DefaultValueFactory = static _ => Path.Combine("out", "webdemo"),
        };
        Option<int> iterations = NumberOption.Create(
            "--iterations", "Training steps of that model.", DemoModel.DefaultIterations, check: static value => CheckIterations(value));
        Option<string> device = Device();
        Option<int> maxBytes = Number(
            "--max-bytes", "The most bytes of a picture's file.", defaults.MaxBytes, static (o, n) => o.MaxBytes = n);
        Option<int> maxPixels = Number(
            "--max-pixels", "The most pixels of a picture.", defaults.MaxPixels, static (o, n) => o.MaxPixels = n);
        Option<int> networkPixels = Number(
            "--network-pixels",
            "The most pixels that the network sees; larger pictures are scaled down for it.",
            defaults.NetworkPixels,
            static (o, n) => o.NetworkPixels = n);
        Option<int> timeout = Number(
            "--timeout", "Seconds from a request to its answer.", defaults.TimeoutSeconds, static (o, n) => o.TimeoutSeconds = n);
        Option<int> queue = Number("--queue", "Requests that may wait.", defaults.QueueLength, static (o, n) => o.QueueLength = n);
        Option<int> workers = Number("--workers", "Pictures in work at a time.", defaults.Workers, static (o, n) => o.Workers = n);
        Option<int?> threads = NumberOption.CreateAbsent<int>(
            "--threads",
            "Threads of each worker; the cores divided among them by default.",
            check: static n => _ = new ServingOptions { Threads = n });
        var command = new RootCommand("Serves a segmentation model: a page to drop pictures on, and an interface for programs.")
        {
            model, urls, samples, output, iterations, device, maxBytes, maxPixels, networkPixels, timeout, queue, workers, threads,
        };
        command.SetAction((result, cancellation) =>
        {
            var serving = new ServingOptions
            {
                MaxBytes = result.GetValue(maxBytes),
                MaxPixels = result.GetValue(maxPixels),
                NetworkPixels = result.GetValue(networkPixels),
                TimeoutSeconds = result.GetValue(timeout),
                QueueLength = result.GetValue(queue),
                Workers = result.GetValue(workers),
            };
            if (result.GetValue(threads) is { } count)
            {
                serving.Threads = count;
            }

            return new ServeJob(new WebDemoSettings
            {
                Urls = result.GetValue(urls)!,
                Model = result.GetValue(model),
                Samples = result.GetValue(samples),
                Out = result.GetValue(output)!,
                Iterations = result.GetValue(iterations),
                Gpu = DeviceText.TryRead(result.GetValue(device)!, out int? gpu) ? gpu : null,
                Serving = serving,
            }).RunAsync();
        });

        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"{parsed.Errors[0].Message} Try --help.");
            return 2;
        }

        try
        {
            // The server has its own way to end by a signal: it finishes what is in work.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException
            or InvalidOperationException or TypeInitializationException or ArgumentException)
        {
            Console.Error.WriteLine($"WebDemo failed: {error.Message}");
            return 1;
        }
    }

    private static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    private static Option<int> Number(string name, string description, int value, Action<ServingOptions, int> set) =>
        NumberOption.Create(name, description, value, check: number => set(new ServingOptions(), number));

    private static void CheckIterations(int value) =>
        _ = new Road.MLNet.RoadTrainerOptions { Iterations = value };

    private static Option<string> Device()
    {
        Option<string> option = new("--device")
        {
            Description = "Where the network runs.",
            HelpName = "cpu|cuda:N",
            DefaultValueFactory = static _ => "cpu",
        };
        option.Validators.Add(static result =>
        {
            string text = result.GetValueOrDefault<string>();
            if (!DeviceText.TryRead(text ?? string.Empty, out _))
            {
                result.AddError($"--device must be cpu or cuda:N, N from 0, not '{text}'.");
            }
        });
        return option;
    }

    private static string? FindFault(string urls)
    {
        foreach (string url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                if (BindingAddress.Parse(url).Scheme != Uri.UriSchemeHttp)
                {
                    return $"--urls: '{url}' must begin with http://; put a proxy with a certificate in front for https.";
                }
            }
            catch (FormatException)
            {
                return $"--urls: '{url}' is no address such as {DefaultUrls}.";
            }
        }

        return urls.Length == 0 ? "--urls must name an address." : null;
    }
}
