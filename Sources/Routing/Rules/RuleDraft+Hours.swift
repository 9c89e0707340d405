/// Opening hours: every day of the week stated once, spans that don't overlap.
extension RuleDraft {
    mutating func readHours() {
        for definition in document.hours {
            if hoursNames[definition.name.text] != nil {
                refuse(definition.name.line, "the hours `\(definition.name.text)` are given twice")
            }
            let before = problems.count
            let read = openingHours(definition)
            if problems.count == before, let read {
                hoursNames[definition.name.text] = .some(hours.count)
                hours.append(read)
            } else {
                hoursNames[definition.name.text] = .some(nil)
            }
        }
    }

    private mutating func openingHours(_ definition: RuleDocument.Hours) -> OpeningHours? {
        guard let zone = zone(definition) else { return nil }
        var week = [[OpeningHours.Span]?](repeating: nil, count: 7)
        for (days, times) in definition.week {
            let spans = spans(times)
            for day in self.days(days) {
                if week[day] != nil {
                    refuse(days.line, "\(OpeningHours.dayNames[day]) is given twice in the hours `\(definition.name.text)`")
                }
                week[day] = spans
            }
        }
        let missing = week.indices.filter { week[$0] == nil }.map { OpeningHours.dayNames[$0] }
        if !missing.isEmpty {
            refuse(
                definition.name.line,
                "the hours `\(definition.name.text)` leave a gap: nothing is said of \(missing.joined(separator: ", ")); write `closed` where nobody is there"
            )
        }
        let stated = week.map { $0 ?? [] }
        for day in 0..<7 {
            // What goes on past midnight must end before the next day begins.
            for late in stated[day] where late.to > 1440 {
                if stated[(day + 1) % 7].contains(where: { $0.moved(by: 1440).overlaps(late) }) {
                    refuse(
                        definition.name.line,
                        "the hours `\(definition.name.text)` overlap: \(OpeningHours.dayNames[day]) goes on past midnight into a span of \(OpeningHours.dayNames[(day + 1) % 7])"
                    )
                }
            }
        }
        var result = OpeningHours(zone: zone, week: stated, holidays: [:], yearly: [:])
        for (date, times) in definition.holidays { addHoliday(date, spans(times), to: &result) }
        return result
    }

    private mutating func zone(_ definition: RuleDocument.Hours) -> ZoneOffsets? {
        guard let name = definition.zone ?? document.zone else {
            refuse(
                definition.name.line,
                "the hours `\(definition.name.text)` have no time zone; add `timezone: Europe/Helsinki` to them or to the document"
            )
            return nil
        }
        guard let zone = ZoneOffsets(name.text) else {
            refuse(name.line, "there is no time zone named `\(name.text.prefix(60))`")
            return nil
        }
        return zone
    }

    /// `mon`, or `mon-fri`, or `fri-mon`.
    private func days(_ word: RuleDocument.Word) -> [Int] {
        let ends = word.text.split(separator: "-").compactMap { OpeningHours.dayNames.firstIndex(of: String($0)) }
        guard let first = ends.first, let last = ends.last else { return [] }
        return (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
    }

    private mutating func spans(_ times: [RuleDocument.Word]) -> [OpeningHours.Span] {
        var spans: [OpeningHours.Span] = []
        for word in times {
            let parts = word.text.split { $0 == "-" || $0 == ":" }.compactMap { Int($0) }
            guard parts.count == 4, parts[1] < 60, parts[3] < 60, parts[0] * 60 + parts[1] < 1440,
                parts[2] * 60 + parts[3] <= 1440
            else {
                refuse(word.line, "`\(word.text)` is no span of a day")
                continue
            }
            var span = OpeningHours.Span(from: parts[0] * 60 + parts[1], to: parts[2] * 60 + parts[3])
            if span.to == span.from {
                refuse(word.line, "`\(word.text)` begins and ends at the same time; for the whole day write 00:00-24:00")
            }
            if span.to < span.from { span.to += 1440 }
            if let other = spans.first(where: { $0.overlaps(span) }) {
                refuse(word.line, "`\(word.text)` overlaps \(Self.words(other))")
            }
            spans.append(span)
        }
        return spans
    }

    private static func words(_ span: OpeningHours.Span) -> String {
        func clock(_ minute: Int) -> String {
            let (hour, rest) = (minute / 60, minute % 60)
            return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
        }
        return clock(span.from) + "-" + clock(span.to > 1440 ? span.to - 1440 : span.to)
    }

    private mutating func addHoliday(_ date: RuleDocument.Word, _ spans: [OpeningHours.Span], to hours: inout OpeningHours) {
        let parts = date.text.split(separator: "-").compactMap { Int($0) }
        if parts.count == 3, let day = CivilDay(year: parts[0], month: parts[1], day: parts[2]) {
            if hours.holidays[day.number] != nil { refuse(date.line, "the holiday \(date.text) is given twice") }
            hours.holidays[day.number] = spans
        } else if parts.count == 2, CivilDay(year: 2024, month: parts[0], day: parts[1]) != nil {
            if hours.yearly[parts[0] * 100 + parts[1]] != nil { refuse(date.line, "the holiday \(date.text) is given twice") }
            hours.yearly[parts[0] * 100 + parts[1]] = spans
        } else {
            refuse(date.line, "there is no day \(date.text)")
        }
    }
}
