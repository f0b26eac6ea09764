using System.ComponentModel;

namespace WebDemo.Serving;

/// <summary>What is said of the model and of the server's limits.</summary>
internal sealed record ModelAnswer(
    [property: Description("starting, training, ready, failed or stopping.")] string Status,
    [property: Description("The part of the training that is done, 0 to 1; null where nothing is trained.")] double? Progress,
    [property: Description("What is being done, or what went wrong.")] string? Remark,
    [property: Description("The classes' names, in the order of their numbers; empty before the model is ready.")]
    IReadOnlyList<string> Classes,
    [property: Description("Their colours, as #rrggbb.")] IReadOnlyList<string> Colors,
    [property: Description("The most bytes of a picture's file.")] int MaxBytes,
    [property: Description("The most pixels of a picture.")] int MaxPixels);
