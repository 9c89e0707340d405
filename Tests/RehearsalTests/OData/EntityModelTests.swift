import Foundation
import Testing

/// The strict reader is strict: what it is there to find, it finds.
@Suite struct EntityModelTests {
    private func document(_ type: String, set: String = #"<EntitySet Name="Things" EntityType="N.Thing"/>"#) -> Data {
        Data(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
            <Schema Namespace="N" xmlns="http://docs.oasis-open.org/odata/ns/edm">
            <EntityType Name="Thing">\(type)</EntityType><EntityContainer Name="C">\(set)</EntityContainer>
            </Schema></edmx:DataServices></edmx:Edmx>
            """.utf8)
    }

    private static let key = #"<Key><PropertyRef Name="Id"/></Key>"#
    private static let id = #"<Property Name="Id" Type="Edm.Guid" Nullable="false"/>"#

    @Test func `a good document is read`() throws {
        let model = try EntityModel(
            document(Self.key + Self.id + #"<Property Name="At" Type="Edm.DateTimeOffset" Precision="3"/>"#))
        let type = try model.type(of: "Things")
        #expect(type.key == ["Id"] && type.properties.map(\.name) == ["Id", "At"])
        #expect(type.properties.map(\.isNullable) == [false, true] && type.properties[1].precision == 3)
    }

    @Test(arguments: [
        id, key, key + #"<Property Name="Id" Type="Edm.Guid"/>"#, key + id + id,
        key + id + #"<Property Name="A" Type="Edm.Guide"/>"#,
        key + id + #"<Property Name="2A" Type="Edm.Guid"/>"#, key + id + #"<Property Name="A"/>"#,
        key + id + #"<Property Name="A" Type="Edm.Guid" Colour="red"/>"#, key + id + "<Else/>", key + id + "words",
    ])
    func `a bad type is refused`(type: String) {
        #expect(throws: EntityModel.Flaw.self) { try EntityModel(document(type)) }
    }

    @Test(arguments: ["", #"<EntitySet Name="Things" EntityType="N.Other"/>"#, #"<EntitySet Name="Things" EntityType="Thing"/>"#])
    func `a set that leads nowhere is refused`(set: String) {
        #expect(throws: EntityModel.Flaw.self) { try EntityModel(document(Self.key + Self.id, set: set)) }
    }

    @Test func `values are of their type or are not`() {
        func fits(_ value: EdmValue, _ type: String, nullable: Bool = true, precision: Int = 0) -> Bool {
            value.isOne(of: .init(name: "A", type: type, isNullable: nullable, precision: precision))
        }
        #expect(fits(.text("aaaaaaaa-0000-4000-8000-000000000001"), "Edm.Guid") && !fits(.text("aaaaaaaa"), "Edm.Guid"))
        #expect(fits(.number(3), "Edm.Int32") && !fits(.number(3.5), "Edm.Int32") && !fits(.text("3"), "Edm.Int32"))
        #expect(fits(.bool(true), "Edm.Boolean") && !fits(.number(1), "Edm.Boolean"))
        #expect(fits(.null, "Edm.String") && !fits(.null, "Edm.String", nullable: false))
        #expect(fits(.text("2026-01-02T03:04:05Z"), "Edm.DateTimeOffset"))
        #expect(!fits(.text("2026-01-02T03:04:05.5Z"), "Edm.DateTimeOffset"))
        #expect(fits(.text("2026-01-02T03:04:05.5Z"), "Edm.DateTimeOffset", precision: 3))
        #expect(!fits(.text("2026-01-02 03:04:05"), "Edm.DateTimeOffset"))
    }
}
