using System.ComponentModel;

namespace WebDemo.Serving;

/// <summary>A class of a segmented picture.</summary>
/// <param name="Id">The class's number in masks, counted from 0.</param>
/// <param name="Name">The class's name.</param>
/// <param name="Color">The class's colour in masks, as #rrggbb.</param>
/// <param name="Share">The part of the picture's pixels that are of the class, 0 to 1.</param>
/// <param name="Confidence">The mean probability of the class over these pixels, 0 to 1; 0 where there are none.</param>
internal sealed record ClassAnswer(
    [property: Description("The class's number in masks, counted from 0.")] int Id,
    [property: Description("The class's name.")] string Name,
    [property: Description("The class's colour in masks, as #rrggbb.")] string Color,
    [property: Description("The part of the picture's pixels that are of the class, 0 to 1.")] double Share,
    [property: Description("The mean probability of the class over these pixels, 0 to 1.")] double Confidence);
