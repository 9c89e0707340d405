import Foundation
import FoundationXML

/// An OData v4 metadata document (CSDL XML), read as a client reads it that knows nothing of the service: what the specification does not
/// have, or what refers to nothing, is refused.
struct EntityModel {
    struct Property {
        var name: String
        var type: String
        var isNullable = true
        /// Decimal places of a time.
        var precision = 0
    }

    struct EntityType {
        var key: [String] = []
        var properties: [Property] = []

        func property(_ name: String) -> Property? { properties.first { $0.name == name } }
    }

    struct Flaw: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private(set) var types: [String: EntityType] = [:]
    /// Qualified names of types by entity set.
    private(set) var sets: [String: String] = [:]

    init(_ document: Data) throws {
        let reader = Reader()
        let parser = XMLParser(data: document)
        parser.shouldProcessNamespaces = true
        parser.delegate = reader
        let isRead = parser.parse()
        if let flaw = reader.flaw { throw Flaw(flaw) }
        guard isRead else { throw Flaw("no well-formed XML: \(parser.parserError.map { "\($0)" } ?? "")") }
        (types, sets) = (reader.types, reader.sets)
        try check()
    }

    func type(of set: String) throws -> EntityType {
        guard let name = sets[set], let type = types[name] else { throw Flaw("no entity set \(set)") }
        return type
    }

    /// Section 6.5: a key names declared properties that are never null, of types that can be compared.
    private func check() throws {
        guard !sets.isEmpty else { throw Flaw("no entity set") }
        for (name, type) in types {
            guard !type.key.isEmpty else { throw Flaw("\(name) has no key") }
            for key in type.key {
                guard let property = type.property(key) else { throw Flaw("the key \(key) of \(name) is no property") }
                guard !property.isNullable else { throw Flaw("the key \(key) of \(name) may be null") }
            }
            guard Set(type.properties.map(\.name)).count == type.properties.count else {
                throw Flaw("a property of \(name) twice")
            }
            for property in type.properties where EdmValue.Kind(rawValue: property.type) == nil {
                throw Flaw("\(name).\(property.name) has the unknown type \(property.type)")
            }
        }
        for (set, type) in sets where types[type] == nil { throw Flaw("the set \(set) has rows of an unknown type \(type)") }
    }

    private final class Reader: NSObject, XMLParserDelegate {
        private static let edmx = "http://docs.oasis-open.org/odata/ns/edmx"
        private static let edm = "http://docs.oasis-open.org/odata/ns/edm"
        /// Elements by where they may stand, with the attributes they must and may have.
        private static let grammar: [String: (space: String, parent: String, needs: Set<String>, may: Set<String>)] = [
            "Edmx": (edmx, "", ["Version"], []),
            "DataServices": (edmx, "Edmx", [], []),
            "Schema": (edm, "DataServices", ["Namespace"], ["Alias"]),
            "EntityType": (edm, "Schema", ["Name"], []),
            "Key": (edm, "EntityType", [], []),
            "PropertyRef": (edm, "Key", ["Name"], []),
            "Property": (edm, "EntityType", ["Name", "Type"], ["Nullable", "MaxLength", "Precision", "Scale", "Unicode"]),
            "EntityContainer": (edm, "Schema", ["Name"], []),
            "EntitySet": (edm, "EntityContainer", ["Name", "EntityType"], ["IncludeInServiceDocument"]),
        ]

        var types: [String: EntityType] = [:]
        var sets: [String: String] = [:]
        var flaw: String?
        private var path: [String] = []
        private var namespace = ""
        private var type = ""

        private func refuse(_ parser: XMLParser, _ text: String) {
            flaw = flaw ?? text
            parser.abortParsing()
        }

        func parser(
            _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
            attributes given: [String: String]
        ) {
            let attributes = given.filter { !$0.key.hasPrefix("xmlns") }
            guard let rule = Self.grammar[element], rule.space == namespaceURI, rule.parent == (path.last ?? "") else {
                return refuse(
                    parser, "\(element) of \(namespaceURI ?? "nothing") may not stand in \(path.last ?? "the document")")
            }
            let names = Set(attributes.keys)
            guard rule.needs.isSubset(of: names), names.subtracting(rule.needs).isSubset(of: rule.may) else {
                return refuse(parser, "\(element) with the attributes \(names.sorted())")
            }
            path.append(element)
            if let name = attributes["Name"], !Self.isIdentifier(name) { return refuse(parser, "'\(name)' is no identifier") }
            take(parser, element, attributes)
        }

        private func take(_ parser: XMLParser, _ element: String, _ attributes: [String: String]) {
            let name = attributes["Name"] ?? ""
            switch element {
            case "Edmx" where !["4.0", "4.01"].contains(attributes["Version"]): refuse(parser, "another version of CSDL")
            case "Schema": namespace = attributes["Namespace"] ?? ""
            case "EntityType":
                type = "\(namespace).\(name)"
                if types.updateValue(EntityType(), forKey: type) != nil { refuse(parser, "\(type) twice") }
            case "PropertyRef": types[type]?.key.append(name)
            case "Property":
                guard ["true", "false", nil].contains(attributes["Nullable"]) else {
                    return refuse(parser, "Nullable of \(name)")
                }
                types[type]?.properties.append(
                    Property(
                        name: name, type: attributes["Type"] ?? "", isNullable: attributes["Nullable"] != "false",
                        precision: attributes["Precision"].flatMap { Int($0) } ?? 0))
            case "EntitySet": sets[name] = attributes["EntityType"]
            default: break
            }
        }

        func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
            path.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if text.contains(where: { !$0.isWhitespace }) { refuse(parser, "text between the elements") }
        }

        /// A SimpleIdentifier of section 15.2.
        private static func isIdentifier(_ name: String) -> Bool {
            name.count <= 128 && name.first.map { $0.isLetter || $0 == "_" } == true
                && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
    }
}
