/// A global choice: options that columns of several tables share.
struct ChoiceSet {
    var metadataID: Guid
    var name: String
    var displayName: JSON
    var description: JSON
    var options: [ChoiceOption]

    var json: JSONObject {
        ChoiceSet.object(
            id: metadataID, name: name, isGlobal: true, type: "Picklist", displayName: displayName,
            options.map { ChoiceSet.option($0) })
    }

    static func object(
        id: Guid, name: String, isGlobal: Bool, type: String, displayName: JSON, _ options: [JSON]
    ) -> JSONObject {
        JSONObject([
            "MetadataId": .string(id.description), "Name": .string(name), "IsGlobal": .bool(isGlobal),
            "IsCustomOptionSet": true, "IsManaged": false, "OptionSetType": .string(type), "DisplayName": displayName,
            "Description": MetadataLabel.none, "HasChanged": nil, "IntroducedVersion": "1.0.0.0", "ParentOptionSetName": nil,
            "Options": .array(options),
        ])
    }

    static func option(_ option: ChoiceOption, _ more: JSONObject = JSONObject()) -> JSON {
        var object = JSONObject([
            "Value": .integer(option.value), "Label": MetadataLabel.of(option.label), "Description": MetadataLabel.none,
            "Color": nil, "IsManaged": false, "ExternalValue": "", "ParentValues": [], "Tag": nil, "HasChanged": nil,
            "MetadataId": nil,
        ])
        object.members += more.members
        return .object(object)
    }

    /// Options as sent; those without a value get the next ones of the publisher's.
    static func options(_ json: JSON?, prefix: Int64) throws(WebError) -> [ChoiceOption] {
        var options: [ChoiceOption] = []
        for element in json?.array ?? [] {
            let next = max(prefix * 10_000, (options.map(\.value).max() ?? 0) + 1)
            let value = element["Value"]?.integer ?? next
            if options.contains(where: { $0.value == value }) {
                throw WebError(400, "0x80048404", "The option value \(value) is used more than once.")
            }
            options.append(ChoiceOption(value, MetadataLabel.text(element["Label"]) ?? "\(value)"))
        }
        return options
    }
}
