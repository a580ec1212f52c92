//! The drawing: a row for each format, with the fastest other library above us, once for one digest and once
//! for many.

use std::error::Error;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::record::{Comparison, Format, Record};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane = Cartesian2d<RangedCoordf64, RangedCoordf64>;
type Plot<'a> = DrawingArea<SVGBackend<'a>, Plane>;
type Outcome = Result<(), Box<dyn Error>>;

/// Sizes in pixels. A README of GitHub is about as wide, so that the text keeps its size.
const WIDTH: u32 = 860;
const HEADER: u32 = 92;
const LABELS: u32 = 232;
const ROW: u32 = 46;
const AXIS: u32 = 44;
/// Space after a panel, so that the axes do not touch.
const SPACE: u32 = 20;

/// Contrast with the text on them: at least 4.5, as WCAG asks for. The background is white in dark mode too.
const PEER: RGBColor = RGBColor(0xd0, 0xd7, 0xde);
const OURS: RGBColor = RGBColor(0x09, 0x69, 0xda);
const TEXT: RGBColor = RGBColor(0x1f, 0x23, 0x28);
const MUTED: RGBColor = RGBColor(0x59, 0x63, 0x6e);
const GRID: RGBColor = RGBColor(0xea, 0xee, 0xf2);

/// Space before the text of a bar, and the length of a bar that has room for its text.
const GAP: i32 = 6;
const FITS: i32 = 105;

const TITLE: &str = "Time to compute a digest, relative to the fastest other library";

/// Draws a record. The order is that of the times of one digest, the shortest first.
pub fn svg(record: &Record) -> Result<String, Box<dyn Error>> {
    let mut formats: Vec<&Format> = record.formats.iter().collect();
    let order = |format: &Format| format.one.as_ref().map_or(f64::INFINITY, Comparison::relative);
    formats.sort_by(|one, other| order(one).total_cmp(&order(other)));
    let mut svg = String::new();
    let height = HEADER + ROW * u32::try_from(formats.len())? + AXIS;
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE)?;
        header(&root, record)?;
        let (labels, panels) = root.margin(HEADER, 0, 0, 0).split_horizontally(LABELS);
        names(&labels, &formats)?;
        let panels = panels.split_evenly((1, 2));
        let longest = longest(&formats);
        panel(&panels[0], "One digest", &formats, longest, |format| &format.one)?;
        panel(&panels[1], "Many digests, per core", &formats, longest, |format| &format.many)?;
        root.present()?;
    }
    Ok(described(&svg, &formats))
}

fn text(size: u32, color: RGBColor) -> TextStyle<'static> {
    // The backend divides by 1.24: it takes a size for the height of a line, not of the letters.
    ("Helvetica, Arial, sans-serif", f64::from(size) * 1.24).into_font().color(&color)
}

fn bold(style: TextStyle<'static>) -> TextStyle<'static> {
    TextStyle { font: style.font.style(FontStyle::Bold), ..style }
}

fn header(root: &Area<'_>, record: &Record) -> Outcome {
    root.draw_text(TITLE, &bold(text(17, TEXT)), (16, 14))?;
    let measured = format!("Shorter is faster. {}.", record.measured);
    root.draw_text(&measured, &text(12, MUTED), (16, 40))?;
    for (color, name, left) in [(PEER, "fastest other library", 590), (OURS, "oidc-secret", 750)] {
        root.draw(&Rectangle::new([(left, 41), (left + 12, 53)], color.filled()))?;
        root.draw_text(name, &text(12, TEXT), (left + 18, 40))?;
    }
    Ok(())
}

/// Writes the formats and their costs beside the rows.
fn names(area: &Area<'_>, formats: &[&Format]) -> Outcome {
    for (format, row) in formats.iter().zip(0..) {
        let top = row * ROW as i32;
        area.draw_text(&format.name, &bold(text(13, TEXT)), (16, top + 7))?;
        area.draw_text(&format.cost, &text(11, MUTED), (16, top + 25))?;
    }
    Ok(())
}

/// Returns the end of the axis, a little after the longest bar.
fn longest(formats: &[&Format]) -> f64 {
    let comparisons = formats.iter().flat_map(|format| [&format.one, &format.many]).flatten();
    comparisons.map(Comparison::relative).fold(1.0, f64::max) * 1.05
}

/// Draws the bars of all formats, on an axis where 1 is the time of the other library.
fn panel(
    area: &Area<'_>,
    title: &str,
    formats: &[&Format],
    longest: f64,
    comparison: impl Fn(&Format) -> &Option<Comparison>,
) -> Outcome {
    let area = area.margin(0, 0, 0, SPACE);
    area.draw_text(title, &bold(text(13, TEXT)), (0, -22))?;
    let rows = formats.len() as f64;
    let mut chart = ChartBuilder::on(&area)
        .x_label_area_size(AXIS)
        .build_cartesian_2d(0.0..longest, 0.0..rows)?;
    axis(&mut chart)?;
    chart.plotting_area().draw(&PathElement::new([(1.0, 0.0), (1.0, rows)], MUTED))?;
    for (format, row) in formats.iter().zip(1..) {
        let (plot, bottom) = (chart.plotting_area(), rows - f64::from(row));
        match comparison(format) {
            Some(comparison) => bars(plot, comparison, bottom)?,
            None => label(plot, "not measured".to_owned(), (0.0, bottom + 0.5), MUTED)?,
        }
    }
    Ok(())
}

fn axis(chart: &mut ChartContext<'_, SVGBackend<'_>, Plane>) -> Outcome {
    let mut mesh = chart.configure_mesh();
    mesh.disable_y_axis()
        .disable_y_mesh()
        .x_labels(5)
        .x_label_formatter(&|time| format!("{time:.1}"));
    mesh.bold_line_style(GRID).light_line_style(TRANSPARENT).axis_style(TRANSPARENT);
    mesh.label_style(text(11, MUTED))
        .axis_desc_style(text(11, MUTED))
        .x_desc("relative time; the other library has 1.0");
    mesh.draw()?;
    Ok(())
}

/// Draws the two bars of a row, each with its time inside, or after it if it is too short.
fn bars(area: &Plot<'_>, comparison: &Comparison, bottom: f64) -> Outcome {
    let Comparison { peer, theirs, ours } = comparison;
    let relative = comparison.relative();
    let peer = format!("{} ({})", peer.replace('`', ""), milliseconds(*theirs));
    let ours = format!("{relative:.2} ({})", milliseconds(*ours));
    area.draw(&Rectangle::new([(0.0, bottom + 0.5), (1.0, bottom + 0.9)], PEER.filled()))?;
    area.draw(&Rectangle::new([(0.0, bottom + 0.1), (relative, bottom + 0.5)], OURS.filled()))?;
    label(area, peer, (0.0, bottom + 0.7), TEXT)?;
    let [start, end] = [0.0, relative].map(|time| area.map_coordinate(&(time, bottom)).0);
    let (place, color) = if end - start < FITS { (relative, TEXT) } else { (0.0, WHITE) };
    label(area, ours, (place, bottom + 0.3), color)
}

/// Writes a text after a place on the axis.
fn label(area: &Plot<'_>, content: String, place: (f64, f64), color: RGBColor) -> Outcome {
    let style = text(11, color).pos(Pos::new(HPos::Left, VPos::Center));
    area.draw(&(EmptyElement::at(place) + Text::new(content, (GAP, 0), style)))?;
    Ok(())
}

fn milliseconds(time: f64) -> String {
    match time {
        100.0.. => format!("{time:.0} ms"),
        10.0.. => format!("{time:.1} ms"),
        _ => format!("{time:.2} ms"),
    }
}

/// Adds the title and the figures for those who hear the chart instead of seeing it.
fn described(svg: &str, formats: &[&Format]) -> String {
    let description: String = formats.iter().map(|format| sentence(format)).collect();
    let [title, description] = [TITLE, &description].map(escaped);
    let head = format!(
        " role=\"img\" aria-labelledby=\"title description\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n"
    );
    svg.replacen(">\n", &head, 1)
}

fn sentence(format: &Format) -> String {
    let part = |comparison: &Option<Comparison>, count: &str| {
        let comparison = comparison.as_ref()?;
        let peer = comparison.peer.replace('`', "");
        Some(format!("{count} {:.2} of {peer}", comparison.relative()))
    };
    let parts = [part(&format.one, "one digest"), part(&format.many, "many")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}: {}. ", format.name, parts.join(", "))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
