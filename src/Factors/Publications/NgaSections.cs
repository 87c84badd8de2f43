using System.IO.Enumeration;

namespace OffGridFlow.Factors.Publications;

/// <summary>How the rows of a table become factors.</summary>
internal enum NgaReader
{
    /// <summary>A factor a row, with its gases and energy content; a scope 3 figure per GJ is the fuel's upstream.</summary>
    Figures,

    /// <summary>Rows are places, and every column is a factor of its own.</summary>
    Places,

    /// <summary>Electricity of past financial years, by place.</summary>
    Years,

    /// <summary>Global warming potentials: kg CO2e per kg of refrigerant.</summary>
    Potentials,

    /// <summary>Share of the charge that equipment loses in a year.</summary>
    Leakage,

    /// <summary>Columns are waste streams, and the only row is the factor.</summary>
    Streams,

    /// <summary>Weight of a cubic metre of each waste, for the factors of another table.</summary>
    Densities,

    /// <summary>The gases behind the figures of another table.</summary>
    GasSplit,

    /// <summary>Prints no factor, or repeats those of another table.</summary>
    Nothing,
}

/// <summary>A table as its title announces it.</summary>
/// <param name="Title">Pattern of the title, <c>*</c> for any words.</param>
/// <param name="Name">First heading of its rows' paths in kinds.csv.</param>
/// <param name="Reader">How its rows are read.</param>
/// <param name="Prefix">What its rows' names need before them to be readable on their own.</param>
/// <param name="AtMost">Tonnes CO2e per tonne above which a figure must be a misprint.</param>
internal sealed record NgaSection(string Title, string Name, NgaReader Reader, string? Prefix = null, decimal? AtMost = null)
{
    // Burning pure carbon gives 44/12 t CO2 a tonne; the 2022 and 2023 editions print 5.36 for municipal waste,
    // whose parts (2024, table 28) add up to 0.0537.
    private const decimal PureCarbon = 44m / 12;

    /// <summary>The section of a table. A title that no pattern fits is a section of its own, whose rows need rules in kinds.csv.</summary>
    public static NgaSection Of(NgaTable table) =>
        All.FirstOrDefault(section => FileSystemName.MatchesSimpleExpression(section.Title, table.Title))
            ?? new NgaSection(table.Title, table.Title, NgaReader.Figures, table.Title) { IsKnown = false };

    /// <summary>False for a table that no pattern fits.</summary>
    public bool IsKnown { get; private init; } = true;

    private static readonly NgaSection[] All =
    [
        new("Transmission and distribution losses", "Electricity losses", NgaReader.Places, "Electricity losses"),
        new("*market-based*", "Electricity residual mix", NgaReader.Places, "Electricity, residual mix"),
        new("*electricity grids", "Electricity by grid", NgaReader.Places, "Electricity grid"),
        new("*purchased electricity by end users", "Electricity by financial year", NgaReader.Years, "Electricity"),
        new("*purchased*electricity*", "Electricity by state", NgaReader.Places, "Electricity"),

        new("Carbon content factors*", "Carbon content", NgaReader.Nothing),
        new("*solid fuels*", "Solid fuels", NgaReader.Figures),
        new("*gaseous fuels*", "Gaseous fuels", NgaReader.Figures),
        new("*transport fuels*", "Transport fuels", NgaReader.Figures),
        new("*transport energy purposes", "Transport fuels", NgaReader.Figures),
        new("*liquid fuels*", "Liquid fuels", NgaReader.Figures),
        new("*consumption of natural gas*", "Natural gas", NgaReader.Places, "Natural gas"),
        new("*natural gas for a product that is not ethane*", "Natural gas", NgaReader.Places, "Natural gas"),
        new("*consumption of ethane*", "Ethane", NgaReader.Places, "Ethane"),

        // 2021 heads its table of ethane "methane".
        new("Scope 3 emission factors - methane", "Ethane", NgaReader.Places, "Ethane"),

        new("*global warming potentials*", "Refrigerants", NgaReader.Potentials),
        new("*leakage rates*", "Refrigerant leakage", NgaReader.Leakage),

        new("Post-mining activities*", "Coal mining", NgaReader.Figures, "Coal mining"),
        new("*production of coal (fugitive)*", "Coal mining", NgaReader.Figures, "Coal mining"),
        new("Oil and gas exploration*", "Oil and gas exploration", NgaReader.Figures, "Oil and gas exploration"),
        new("Oil production (fugitive leaks)*", "Oil production leaks", NgaReader.Figures, "Oil production leaks"),
        new("Crude oil production (flared emissions)*", "Crude oil production", NgaReader.Figures, "Crude oil production"),
        new("Oil transport*", "Oil transport", NgaReader.Figures, "Oil transport"),
        new("Oil refining and storage*", "Oil refining and storage", NgaReader.Figures, "Oil refining and storage"),
        new("Refinery gas flaring*", "Refinery flaring", NgaReader.Figures, "Refinery flaring"),
        new("Equipment type emission factors", "Natural gas infrastructure", NgaReader.Figures, "Natural gas leaks"),
        new("Emission factors", "Natural gas infrastructure", NgaReader.Figures, "Natural gas leaks"),
        new("Natural gas leakage factors", "Natural gas leakage", NgaReader.Places, "Natural gas lost from distribution"),
        new("Flaring emission factors", "Natural gas flaring", NgaReader.Figures, "Natural gas production and processing"),

        new("Clinker production*", "Cement", NgaReader.Figures, "Cement production"),
        new("Lime production*", "Lime", NgaReader.Figures, "Lime"),
        new("*calcination of carbonates*", "Carbonates", NgaReader.Figures, "Calcination"),
        new("*carbonates in clay materials*", "Clay", NgaReader.Places, "Carbonates in clay materials"),
        new("*soda ash*", "Soda ash", NgaReader.Figures, "Soda ash"),
        new("Nitric acid production*", "Nitric acid", NgaReader.Figures, "Nitric acid"),
        new("Aluminium perfluorinated*", "Aluminium", NgaReader.Figures, "Perfluorocarbons"),

        new("Waste mix methane conversion factors*", "Waste to landfill", NgaReader.Figures, "Waste to landfill"),
        new("Indirect (scope 3) waste emission factors*", "Waste to landfill", NgaReader.Figures, "Waste to landfill"),
        new("Waste emission factors for total waste*", "Waste to landfill", NgaReader.Streams, "Waste to landfill"),
        new("Municipal solid waste volume to weight*", "Waste to landfill", NgaReader.Densities),
        new("*wastewater treatment type", "Wastewater treatment", NgaReader.Figures, "Wastewater treatment"),
        new("*incineration of waste", "Incineration", NgaReader.Figures, "Incineration", AtMost: PureCarbon),
        new("Simplification*biological treatment of waste", "Biological treatment", NgaReader.GasSplit),
        new("*biological treatment of waste", "Biological treatment", NgaReader.Figures, "Biological treatment"),

        // Lists of methods, default parameters, units; and workings that repeat a table above, rounded differently.
        new("Methodologies*", "Methods", NgaReader.Nothing),
        new("Default industrial wastewater*", "Wastewater parameters", NgaReader.Nothing),
        new("Metric prefixes", "Units", NgaReader.Nothing),
        new("Unit equivalences", "Units", NgaReader.Nothing),
        new("Energy conversion factors", "Units", NgaReader.Nothing),
        new("*variables and default values", "Parameters", NgaReader.Nothing),
        new("Simplification*", "Workings", NgaReader.Nothing),
    ];
}
