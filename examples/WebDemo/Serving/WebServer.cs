using System.Diagnostics;
using System.Globalization;
using Microsoft.OpenApi;
using WebDemo.Demo;
using WebDemo.Segmentation;

namespace WebDemo.Serving;

/// <summary>Puts the server together.</summary>
internal static class WebServer
{
    /// <summary>What a client that has gone away is counted as; nobody gets it.</summary>
    public const int ClientGone = 499;

    private static readonly string[] Measured = ["/api/segment", "/api/model", "/api/samples", "/health", "/metrics"];

    /// <summary>A server that is not started yet.</summary>
    /// <param name="urls">What it listens on.</param>
    /// <param name="options">The limits.</param>
    /// <param name="slot">Where the model is or will be; disposed after the last request.</param>
    /// <param name="samples">The pictures to try.</param>
    /// <param name="configure">What a caller has to add before it is built.</param>
    public static WebApplication Create(
        string urls, ServingOptions options, ModelSlot slot, SamplePictures samples, Action<WebApplicationBuilder>? configure = null)
    {
        // Named, so that no variable of the environment makes answers tell of the inside.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // More than is taken: what is too large is read and thrown away for a while, so that its sender hears why.
            kestrel.Limits.MaxRequestBodySize = options.MaxBytes + Upload.FormBytes + Upload.LingerBytes;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("WebDemo", LogLevel.Information);
        builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds + 5));
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi(document => document.AddDocumentTransformer((content, _, _) =>
        {
            content.Info = new OpenApiInfo { Title = "Road segmentation", Version = "1" };
            content.Servers?.Clear();
            return Task.CompletedTask;
        }));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(samples);
        builder.Services.AddSingleton(_ => slot);
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddSingleton<SegmentEndpoint>();
        configure?.Invoke(builder);

        WebApplication app = builder.Build();
        ServerMetrics metrics = app.Services.GetRequiredService<ServerMetrics>();
        app.Lifetime.ApplicationStopping.Register(() => slot.Tell(new ModelState("stopping", null, null)));
        app.Use((context, next) => MeasureAsync(context, next, metrics));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = static failure => IsExpected(failure.Exception),
            StatusCodeSelector = static failure => failure is BadHttpRequestException bad
                ? bad.StatusCode
                : StatusCodes.Status500InternalServerError,
        });
        app.Use(ExplainAsync);
        app.UseStatusCodePages();
        PageFiles.Map(app);
        MapApi(app);
        return app;
    }

    private static void MapApi(WebApplication app)
    {
        app.MapOpenApi("/openapi.json");
        app.MapPost("/api/segment", static (HttpContext context, SegmentEndpoint endpoint) => endpoint.HandleAsync(context))
            .WithName("segment")
            .WithSummary("Segments a picture.")
            .WithDescription(
                "Accept: application/json (the default) gives the classes with their shares; Accept: image/png the mask, an indexed PNG "
                + "of class numbers in the classes' colours, at the picture's upright size.")
            .Produces<SegmentAnswer>(StatusCodes.Status200OK, SegmentEndpoint.Json, SegmentEndpoint.Png)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status406NotAcceptable)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .AddOpenApiOperationTransformer(static (operation, _, _) =>
            {
                Describe(operation);
                return Task.CompletedTask;
            });
        app.MapGet("/api/model", static (ModelSlot slot, ServingOptions options) => new ModelAnswer(
                slot.State.Status,
                slot.State.Progress,
                slot.State.Remark,
                slot.Workers?.Model.ClassNames ?? [],
                [.. (slot.Workers?.Model.ClassColors ?? []).Select(SegmentEndpoint.HexText)],
                options.MaxBytes,
                options.MaxPixels))
            .WithName("model").WithSummary("The model's state and classes, and the server's limits.");
        app.MapGet("/api/samples", static (SamplePictures samples) => samples.Names
                .Select(static (name, index) => new SampleAnswer(name, $"/api/samples/{index}")))
            .WithName("samples").WithSummary("Pictures to try.");
        app.MapGet("/api/samples/{index:int}", static (int index, SamplePictures samples) =>
                samples.Read(index) is { } picture
                    ? Results.Bytes(picture.Content, picture.Type)
                    : throw new RequestException(StatusCodes.Status404NotFound, "There is no such sample."))
            .WithName("sample").WithSummary("A picture to try.")
            .Produces(StatusCodes.Status200OK, contentType: "image/png").ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/health", static (ModelSlot slot) => Results.Json(
                new HealthAnswer(slot.State.Status),
                statusCode: slot.State.Status == ModelState.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable))
            .WithName("health").WithSummary("200 where pictures are segmented now, else 503.")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        app.MapGet("/metrics", static (ServerMetrics metrics, HttpContext context) => Results.Stream(
                stream => metrics.WriteAsync(stream, context.RequestAborted), ServerMetrics.ContentType))
            .WithName("metrics").WithSummary("Counters and durations, as OpenMetrics.")
            .Produces<string>(StatusCodes.Status200OK, "application/openmetrics-text");
    }

    private static void Describe(OpenApiOperation operation)
    {
        operation.Parameters =
        [
            new OpenApiParameter
            {
                Name = "pixels",
                In = ParameterLocation.Query,
                Description = "Whether the JSON has the class and the confidence of each pixel.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean },
            },
        ];
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["multipart/form-data"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { Upload.Field },
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            [Upload.Field] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                Format = "binary",
                                Description = "A JPEG, PNG, WebP, BMP or GIF.",
                            },
                        },
                    },
                },
            },
        };
    }

    private static async Task MeasureAsync(HttpContext context, RequestDelegate next, ServerMetrics metrics)
    {
        long begin = Stopwatch.GetTimestamp();
        context.Response.OnStarting(static state =>
        {
            SecurityHeaders.Set(((HttpContext)state).Response.Headers);
            return Task.CompletedTask;
        }, context);
        try
        {
            await next(context);
        }
        finally
        {
            // Only routes that there are: names that clients invent would fill the memory.
            string path = context.Request.Path.Value ?? string.Empty;
            int code = context.RequestAborted.IsCancellationRequested ? ClientGone : context.Response.StatusCode;
            metrics.Count(Measured.Contains(path) ? path : "other", code, Stopwatch.GetElapsedTime(begin));
        }
    }

    /// <summary>Answers a request that is refused.</summary>
    private static async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (RequestException refused) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = refused.RetryAfter?.ToString(CultureInfo.InvariantCulture);

            if (refused.Status == StatusCodes.Status413PayloadTooLarge)
            {
                // What is too large is not read to its end, so that the connection ends; a client that is not told sends its next request
                // into it.
                context.Response.Headers.Connection = "close";
            }

            // Also for those who asked for a picture: the service for problems alone would send them nothing.
            await TypedResults.Problem(refused.Message, statusCode: refused.Status).ExecuteAsync(context);
            if (refused.Status == StatusCodes.Status413PayloadTooLarge)
            {
                await context.Response.CompleteAsync();
                await Upload.DiscardAsync(context.Request, context.RequestAborted);
            }
        }
    }

    private static bool IsExpected(Exception failure) => failure is BadHttpRequestException or OperationCanceledException;
}
