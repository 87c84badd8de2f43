namespace OffGridFlow.Factors.Publications;

/// <summary>Food on the French market, from farm to plate, by ADEME's Agribalyse.</summary>
/// <remarks>
/// The synthesis prints one kilogram of food as eaten at home: farming, processing, packaging, transport, shops and
/// preparation in the kitchen in one figure. That goes past the supplier's gate, so the stage is life-cycle.
/// Its CO2e follows EF 3.0 (IPCC AR5 with climate-carbon feedbacks), which is none of our sets: the set is left blank.
/// Its data quality note (DQR, 1 best to 5) is no interval, and is kept among the codes.
/// </remarks>
internal sealed class Agribalyse : Publication
{
    public override string Publisher => "agribalyse";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        foreach (var row in DataFile.Rows(source.File))
        {
            if (row.Number("Changement climatique (kg CO2 eq/kg de produit)") is not { } co2e)
            {
                continue;
            }

            var code = row.Required("Code AGB");
            var food = row.Required("Code CIQUAL");
            var quality = row.Text("DQR - Note de qualité de la donnée (1 excellente ; 5 très faible)");
            var key = KindRules.Slug(code);
            var match = source.Rules.Match("food", key);
            yield return new Factor
            {
                Id = source.Id(key),
                Kind = match.Kind,
                Name = $"{row.Required("LCI Name")} / {row.Required("Nom du Produit en Français")}",
                Stage = match.Stage,
                Region = match.Region ?? "FR",
                ValidFrom = source.Edition.ValidFrom,
                ValidTo = source.Edition.ValidTo,
                Unit = "kg",
                Co2e = co2e,
                Gwp = source.Edition.Gwp,
                Codes = $"agribalyse:{code} ciqual:{food}{(quality is null ? "" : $" dqr:{quality}")}",
                Locator = $"Synthèse, code AGB {code}",
            };
        }
    }
}
