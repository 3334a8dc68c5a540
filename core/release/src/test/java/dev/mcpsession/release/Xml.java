package dev.mcpsession.release;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// An element of a POM.
record Xml(Element element) {

    static Xml read(Path file) throws IOException, ParserConfigurationException, SAXException {
        return new Xml(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getDocumentElement());
    }

    /// The elements at a path below this one, such as `dependencies/dependency`.
    List<Xml> all(String path) {
        var names = path.split("/", 2);
        var children = element.getChildNodes();
        var found = IntStream.range(0, children.getLength()).mapToObj(children::item)
                .filter(node -> node.getNodeType() == Node.ELEMENT_NODE && node.getNodeName().equals(names[0]))
                .map(node -> new Xml((Element) node));
        return (names.length == 1 ? found : found.flatMap(child -> child.all(names[1]).stream())).toList();
    }

    /// The text of the first element at a path, or an empty text.
    String text(String path) {
        return all(path).stream().findFirst().map(found -> found.element.getTextContent().strip()).orElse("");
    }
}
