namespace OffGridFlow.Factors.Publications;

/// <summary>The factors of one edition while its tables are read; some tables only complete the rows of others.</summary>
internal sealed class NgaEdition(EditionSource source)
{
    private readonly List<Factor> factors = [];
    private readonly Dictionary<string, string> bridges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (IReadOnlyList<GasAmount> Gases, string Locator)> splits = new(StringComparer.Ordinal);
    private readonly List<(NgaColumn Column, NgaRow Row, decimal Share)> leakages = [];

    /// <exception cref="InvalidDataException">A cell or a header is not as expected, or the table yields nothing.</exception>
    public void Add(NgaTable table)
    {
        var section = NgaSection.Of(table);
        if (section.Reader == NgaReader.Nothing)
        {
            return;
        }

        var found = 0;
        foreach (var row in table.Rows)
        {
            found += section.Reader switch
            {
                NgaReader.Figures => AddFigures(table, section, row),
                NgaReader.Places => AddPlaces(table, section, row),
                NgaReader.Years => AddYear(table, section, row),
                NgaReader.Potentials => AddPotential(table, section, row),
                NgaReader.Leakage => AddLeakage(table, row),
                NgaReader.Streams => AddStreams(table, section, row),
                NgaReader.Densities => AddDensity(table, section, row),
                NgaReader.GasSplit => AddSplit(table, section, row),
                NgaReader.Nothing => 0,
            };
        }

        if (found == 0 && (section.IsKnown || table.Columns.Any(c => c.Rate is not null)))
        {
            throw new InvalidDataException(
                $"{source.Edition.Key}: no figure was found in '{table.Title}', whose columns are {string.Join(" | ", table.Columns.Select(c => c.Header))}.");
        }
    }

    /// <summary>Everything read, with the energy contents, densities and gases that other tables print.</summary>
    public IEnumerable<Factor> Factors()
    {
        foreach (var factor in factors.Concat(Leakages()))
        {
            var completed = splits.TryGetValue(KindRules.Slug(factor.Name), out var split) && factor.Gases.Count == 0
                ? factor with { Gases = split.Gases, Locator = $"{factor.Locator}; gases {split.Locator}" }
                : factor;
            yield return completed.Bridge is null ? completed with { Bridge = Bridge(factor) } : completed;
        }
    }

    private int AddFigures(NgaTable table, NgaSection section, NgaRow row)
    {
        var found = 0;
        var match = new Lazy<KindMatch>(() => Kind(section, row));
        var bridge = table.Contents(row);
        var gases = table.Gases(row);
        var scope3 = table.Columns.FirstOrDefault(c => c.IsScope3 && c.Rate is { Unit: "GJ" });
        var total = table.Columns.FirstOrDefault(c => c.Gas is null && c.Rate is not null && c != scope3);
        var figure = total is null ? null : NgaText.FigureOf(row.Cells, total.Index);

        if (figure is not null || gases.Count > 0)
        {
            found++;
            var rate = table.RateOf(row, total ?? table.Columns.First(c => c.Gas is not null && c.Rate is not null));
            if (!(section.AtMost < figure?.Value))
            {
                // A mass of CO2 is both: CO2 has a potential of 1 in every set.
                var co2 = rate.IsCo2 && figure is { } mass ? [new GasAmount("co2", mass.Value * rate.Kilograms, AsCo2e: false)] : gases;
                Put(section, row, match.Value, match.Value.Stage, null, match.Value.Region ?? "AU", rate, figure?.Value, co2, bridge);
            }
        }

        if (scope3 is not null && NgaText.FigureOf(row.Cells, scope3.Index) is { } upstream)
        {
            found++;
            Put(section, row, match.Value, Stage.Upstream, "Scope 3", match.Value.Region ?? "AU", scope3.Rate!.Value, upstream.Value, [], bridge);
        }

        if (found > 0 && bridge is not null)
        {
            bridges.TryAdd(match.Value.Kind, bridge);
        }

        return found;
    }

    private int AddPlaces(NgaTable table, NgaSection section, NgaRow row)
    {
        var gases = table.Gases(row);
        if (gases.Count > 0)
        {
            var column = table.Columns.First(c => c.Gas is not null && c.Rate is not null);
            Spread(section, row, null, table.RateOf(row, column), null, gases);
            return 1;
        }

        // Where kWh and GJ stand side by side the GJ only repeat the kWh, rounded or, in 2022, out of date.
        var rates = table.Columns.Where(c => c.Rate is not null).ToList();
        var kWh = rates.Exists(c => c.Rate!.Value.Unit == "kWh");
        var found = 0;
        foreach (var column in rates.Where(c => !kWh || c.Rate!.Value.Unit == "kWh"))
        {
            if (NgaText.FigureOf(row.Cells, column.Index) is { } figure)
            {
                Spread(section, row, column.Heading(table.Title), column.Rate!.Value, figure.Value, []);
                found++;
            }
        }

        return found;
    }

    // "1994/95" is the financial year from July 1994 to June 1995; "Latest estimate" has the edition's own validity.
    private int AddYear(NgaTable table, NgaSection section, NgaRow row)
    {
        var place = row.Group ?? throw new InvalidDataException($"{row.Locator}: no state stands above '{row.Label}'.");
        var found = 0;
        foreach (var column in table.Columns.Where(c => c.Rate is { Unit: "kWh" } && !c.Says("Full fuel cycle")))
        {
            if (NgaText.FigureOf(row.Cells, column.Index) is not { } figure)
            {
                continue;
            }

            var scope = column.Heading(table.Title);
            var (rate, value) = (column.Rate!.Value, figure.Value);
            var joules = table.Columns.Single(c => c.Rate is { Unit: "GJ" } && !c.Says("Full fuel cycle") && c.Heading(table.Title) == scope);
            if (NgaText.FigureOf(row.Cells, joules.Index) is { } perGj && Math.Abs((perGj.Value * 0.0036m) - value) > 0.01m)
            {
                // Victoria 2017/18 prints 0.102 beside 283 kg/GJ and a sum that only 1.02 gives: the GJ stand.
                (rate, value) = (joules.Rate!.Value, perGj.Value);
            }

            var year = row.Label.Length > 4 && int.TryParse(row.Label.AsSpan(0, 4), out var first) ? first : (int?)null;
            Spread(section, row, scope, rate, value, [], place, year);
            found++;
        }

        return found;
    }

    private int AddPotential(NgaTable table, NgaSection section, NgaRow row)
    {
        var column = table.Columns.First(c => c.Says("Global Warming Potential"));
        var set = FactorTable.GwpName(source.Edition.Gwp);
        if (column.Says("(AR") && !column.Says($"({set})"))
        {
            throw new InvalidDataException($"{row.Locator}: '{column.Header}' are not of the set {set} that editions.csv names.");
        }

        if (NgaText.FigureOf(row.Cells, column.Index) is not { } figure)
        {
            return 0;
        }

        var match = Kind(section, row);
        var formula = table.Columns.FirstOrDefault(c => c.Says("Chemical formula")) is { } c ? row.Cells.Text(c.Index) : null;
        var gas = NgaGases.Key(row.Label, formula) is { } key ? [new GasAmount(key, 1, AsCo2e: false)] : Array.Empty<GasAmount>();
        Put(section, row, match, match.Stage, null, "AU", new NgaText.Rate(1, "kg", false), figure.Value, gas, null);
        return 1;
    }

    private int AddLeakage(NgaTable table, NgaRow row)
    {
        var found = 0;
        foreach (var column in table.Columns.Where(c => c.Index > 0))
        {
            if (NgaText.FigureOf(row.Cells, column.Index) is { } figure)
            {
                leakages.Add((column, row, column.Says("%") ? figure.Value / 100 : figure.Value));
                found++;
            }
        }

        return found;
    }

    // 2021 prints the waste streams as columns over one row, "Emission factor (t CO2-e/t waste)".
    private int AddStreams(NgaTable table, NgaSection section, NgaRow row)
    {
        var rate = NgaText.RateOf(row.Label) ?? throw new InvalidDataException($"{row.Locator}: '{row.Label}' names no unit.");
        var found = 0;
        foreach (var column in table.Columns.Where(c => c.Index > 0))
        {
            if (NgaText.FigureOf(row.Cells, column.Index) is { } figure)
            {
                var stream = row with { Label = column.Own[0] };
                var match = Kind(section, stream);
                Put(section, stream, match, match.Stage, null, "AU", rate, figure.Value, [], null);
                found++;
            }
        }

        return found;
    }

    private int AddDensity(NgaTable table, NgaSection section, NgaRow row)
    {
        if (table.Contents(row) is not { } bridge)
        {
            return 0;
        }

        bridges.TryAdd(Kind(section, row).Kind, bridge);
        return 1;
    }

    // The table prints tonnes of CO2e per tonne without saying so; its scope 1 column repeats the factor it splits.
    private int AddSplit(NgaTable table, NgaSection section, NgaRow row)
    {
        var gases = table.Columns.Where(c => c.Gas is not null)
            .Select(c => (c.Gas, Figure: NgaText.FigureOf(row.Cells, c.Index)))
            .Where(gas => gas.Figure is not null)
            .Select(gas => new GasAmount(gas.Gas!, gas.Figure!.Value.Value * 1000, AsCo2e: true)).ToList();
        splits[KindRules.Slug($"{section.Name}: {row.Label}")] = (gases, row.Locator);
        return gases.Count;
    }

    // Each rate serves the refrigerants of its column: all of them, or the gas or family of gases that heads it.
    private IEnumerable<Factor> Leakages() =>
        from gas in factors.Where(f => f.Kind.StartsWith("refrigerant.", StringComparison.Ordinal))
        from leakage in leakages
        where leakage.Column.Own.LastOrDefault() switch
        {
            "HFCs" => gas.Gases is [{ Gas: var key }] && key.StartsWith("hfc-", StringComparison.Ordinal),
            "SF6" => gas.Gases is [{ Gas: "sf6" }],
            _ => true,
        }
        let equipment = KindRules.Slug(leakage.Row.Label)
        select gas with
        {
            Id = $"{gas.Id}.leakage.{equipment}",
            Kind = $"{gas.Kind}.leakage.{equipment}",
            Name = $"{gas.Name} leaked in a year: {leakage.Row.Label}",
            Bridge = $"{NgaText.Plain(leakage.Share)} kg/kg-charge-year",
            Locator = $"{gas.Locator}; leakage rate {leakage.Row.Locator}",
        };

    // The upstream tables of 2021 and those by state print no energy content; the fuel's own table does.
    private string? Bridge(Factor factor)
    {
        for (var kind = factor.Kind; kind.Length > 0; kind = kind[..Math.Max(kind.LastIndexOf('.'), 0)])
        {
            if (bridges.TryGetValue(kind, out var bridge))
            {
                return bridge.Contains($" {factor.Unit}/", StringComparison.Ordinal) ? bridge : null;
            }
        }

        return null;
    }

    private KindMatch Kind(NgaSection section, NgaRow row, string? heading = null) =>
        source.Rules.Match(new[] { section.Name, row.Group, row.Label, heading }.Where(step => step is not null).ToArray());

    private void Spread(
        NgaSection section, NgaRow row, string? heading, NgaText.Rate rate, decimal? value, IReadOnlyList<GasAmount> gases, string? place = null, int? year = null)
    {
        var match = Kind(section, row, heading);
        foreach (var region in NgaText.Regions(place ?? row.Label, row.Locator))
        {
            Put(section, row, match, match.Stage, heading, region, rate, value, gases, null, year);
        }
    }

    private void Put(
        NgaSection section, NgaRow row, KindMatch match, Stage stage, string? heading, string region,
        NgaText.Rate rate, decimal? value, IReadOnlyList<GasAmount> gases, string? bridge, int? year = null)
    {
        string?[] steps = [section.Name, row.Group, row.Label, heading, region == "AU" ? null : region];
        var named = section.Prefix is null ? row.Label : $"{section.Prefix}: {(section.Reader == NgaReader.Years ? row.Group + " " : null)}{row.Label}";
        var below = row.Group is { } group && section.Name == "Transport fuels" ? $", {char.ToLowerInvariant(group[0])}{group[1..]}" : null;
        factors.Add(new Factor
        {
            Id = source.Id(string.Join('.', steps.Where(step => step is not null).Select(step => KindRules.Slug(step!)))),
            Kind = match.Kind,
            Name = $"{named}{below}{(heading is null ? null : ", " + heading.ToLowerInvariant())}",
            Stage = stage,
            Region = region,
            ValidFrom = year is { } from ? new DateOnly(from, 7, 1) : source.Edition.ValidFrom,
            ValidTo = year is { } to ? new DateOnly(to + 1, 6, 30) : source.Edition.ValidTo,
            Unit = match.Kind.StartsWith("electricity.", StringComparison.Ordinal) ? rate.Unit : rate.Unit switch { "GJ" => "GJ-gross", "TJ" => "TJ-gross", var unit => unit },
            Co2e = value * rate.Kilograms,
            Gwp = source.Edition.Gwp,
            Gases = gases,
            Bridge = bridge,
            Locator = row.Locator,
        });
    }
}
