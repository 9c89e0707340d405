/// The `Prefer` header, as far as it means something here.
struct Preferences {
    var returnsRepresentation = false
    var maxPageSize: Int?
    /// Names of annotations asked for; a name may end in `*`.
    var annotations: [String]?
    var tracksChanges = false
    var continuesOnError = false

    init() {}

    init(_ values: [String]) {
        for value in values {
            for item in Preferences.split(value) {
                if item == "return=representation" {
                    returnsRepresentation = true
                } else if item == "odata.track-changes" {
                    tracksChanges = true
                } else if item == "odata.continue-on-error" || item == "odata.continue-on-error=true"
                    || item == "continue-on-error"
                {
                    continuesOnError = true
                } else if item.hasPrefix("odata.maxpagesize=") {
                    maxPageSize = Int(item.dropFirst(18)).map { min(max($0, 1), 5000) }
                } else if item.hasPrefix("odata.include-annotations=") {
                    let list = item.dropFirst(26).filter { $0 != "\"" }
                    annotations = list.split(separator: ",").map(\.trimmed)
                }
            }
        }
    }

    /// At commas outside quotes. The unquoted parts of an unquoted annotation list join the list.
    private static func split(_ value: String) -> [String] {
        var items: [String] = []
        var current = ""
        var quoted = false
        for character in value {
            if character == "\"" { quoted.toggle() }
            if character == ",", !quoted {
                items.append(current.trimmed)
                current = ""
            } else {
                current.append(character)
            }
        }
        items.append(current.trimmed)
        var joined: [String] = []
        for item in items where !item.isEmpty {
            let known = item.hasPrefix("odata.") || item.hasPrefix("return=") || item == "respond-async"
            if !known, let last = joined.last, last.hasPrefix("odata.include-annotations=") {
                joined[joined.count - 1] = last + "," + item
            } else {
                joined.append(item)
            }
        }
        return joined
    }

    /// What the answer repeats in `Preference-Applied`; nil when nothing was honoured.
    func applied(representation: Bool, page: Bool, annotations showsAnnotations: Bool) -> String? {
        var items: [String] = []
        if representation, returnsRepresentation { items.append("return=representation") }
        if page, let maxPageSize { items.append("odata.maxpagesize=\(maxPageSize)") }
        if page, tracksChanges { items.append("odata.track-changes") }
        if showsAnnotations, let annotations {
            items.append("odata.include-annotations=\"\(annotations.joined(separator: ","))\"")
        }
        return items.isEmpty ? nil : items.joined(separator: ",")
    }

    func shows(annotation: String) -> Bool {
        guard let annotations else { return false }
        return annotations.contains { $0.hasSuffix("*") ? annotation.hasPrefix($0.dropLast()) : $0 == annotation }
    }
}
